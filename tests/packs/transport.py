#!/usr/bin/env python3
"""The sample of the road transport pack: transport.py FOLDER writes it. Operators, vehicles and routes are made up."""
import datetime
import os
import sys
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sample import Sample  # noqa: E402

SEED = 20260130
AS_OF = "2026-01-31T08:00:00+08:00"
AS_OF_FRESH = "2026-01-20T12:00:00+08:00"
UPDATED, ROUTES_UPDATED = datetime.datetime(2026, 1, 20, 8), datetime.datetime(2025, 12, 20, 8)
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VIN = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_VALUE = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", [int(c) for c in "12345678123457923456789" "0123456789"]))
VIN_WEIGHT = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
REGIONS = ("510903", "510904", "510921", "510923", "510981")
STATIONS = {  # name -> region, longitude, latitude
    "遂宁中心站": ("510903", "105.5713", "30.5133"),
    "安居客运站": ("510904", "105.4560", "30.3550"),
    "蓬溪客运站": ("510921", "105.7076", "30.7575"),
    "大英客运站": ("510923", "105.2369", "30.5942"),
    "射洪客运站": ("510981", "105.3884", "30.8711"),
    "成都东客运站": ("510108", "104.1400", "30.6290"),
    "潼南客运站": ("500152", "105.8400", "30.1910"),
}
DISTANCE = Decimal("1.35")  # of a road, in straight lines
TYPES = {  # columns that are not text
    "vehicles": {**dict.fromkeys(("registered_on", "certified_on", "inspected_until", "cancelled_on"), "date"),
                 "updated_at": "timestamp"},
    "operators": {"valid_from": "date", "valid_to": "date", "updated_at": "timestamp"},
    "routes": {**dict.fromkeys(("origin_lon", "origin_lat", "target_lon", "target_lat", "distance"), "decimal"),
               "valid_from": "date", "valid_to": "date", "updated_at": "timestamp"},
}
REVEAL = ("routes.id",)
CANNOT_FAIL = dict.fromkeys(("vehicles.sharing", "operators.sharing", "routes.sharing", "routes.opening"),
                            "judges the pack, not the records")


# ---- Identifiers ----

def org_code(first8):
    check = 11 - sum(int(c, 36) * w for c, w in zip(first8, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return first8 + {10: "X", 11: "0"}.get(check, str(check))


def uscc(first17):
    total = sum(USCC.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return first17 + USCC[(31 - total) % 31]


def new_uscc(s, region):
    """An enterprise's; the letters of the organisation code have to be of both alphabets, and so has its check character."""
    while True:
        code = org_code("MA" + "".join(s.pick("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(6)))
        return uscc("91" + region + code)


def vin_check(vin):
    return "0123456789X"[sum(VIN_VALUE[c] * w for c, w in zip(vin, VIN_WEIGHT)) % 11]


def new_vin(s, maker="LSV"):
    vin = maker + "".join(s.pick(VIN) for _ in range(5)) + "0" + "".join(s.pick(VIN) for _ in range(4)) + f"{s.below(10000):04}"
    return vin[:8] + vin_check(vin) + vin[9:]


def other(text, at, alphabet):
    """The text with another character in one place."""
    return text[:at] + alphabet[(alphabet.index(text[at]) + 1) % len(alphabet)] + text[at + 1:]


# ---- Records ----

class Maker:
    """Records with nothing to find, and one planted fault after the other."""

    def __init__(self):
        self.sample = Sample("transport", {"vehicles": ["id"], "operators": ["licence"], "routes": ["id"]}, SEED)
        self.number = 0

    def operator(self):
        """(code, name, region) of a new one."""
        self.number += 1
        region = self.sample.pick(REGIONS)
        return new_uscc(self.sample, region), f"样例运输{self.number}公司", region

    def vehicle(self, operator):
        s, n = self.sample, len(self.sample.tables["vehicles"]) + 1
        code, name, region = operator
        kind = s.below(4)
        plate, colour, energy = [(f"川J{s.pick('ABCEGHK')}{1000 + n}", "黄", "燃油"), (f"川J{20000 + n}", "蓝", "燃气"),
                                 (f"川JD{s.pick('0123A')}{1000 + n}", "渐变绿", "纯电动"), (f"川J{30000 + n}F", "黄绿", "插电式混合动力")][kind]
        year = 2015 + s.below(9)
        return {"id": f"V{n:04}", "plate": plate, "plate_color": colour, "vin": new_vin(s), "energy": energy,
                "certificate": f"川交运管证字{region}{n:06}号", "operator": code, "operator_name": name, "region": region,
                "kind": s.pick(["班线客运", "包车客运", "旅游客运", "公交", "出租汽车", "网约车", "普通货运", "危险货物运输"]),
                "registered_on": f"{year}-03-{1 + s.below(28):02}", "certified_on": f"{year}-04-{1 + s.below(28):02}",
                "inspected_until": f"2026-{6 + s.below(6):02}-30", "cancelled_on": "", "status": s.pick(["营运", "营运", "停运"]),
                "updated_at": self.updated(UPDATED)}

    def licence(self, operator, begin=2023, end=2027):
        n = len(self.sample.tables["operators"]) + 1
        code, name, region = operator
        return {"licence": f"川交运管许可字{region}{n:06}号", "uscc": code, "name": name, "valid_from": f"{begin}-03-01",
                "valid_to": f"{end}-02-28", "region": region, "phone": f"0825-10{n:05}", "status": "有效" if end > 2026 else "过期",
                "updated_at": self.updated(UPDATED)}

    def route(self, origin="遂宁中心站", target="成都东客运站", direction="上行", line=None):
        s, n = self.sample, len(self.sample.tables["routes"]) + 1
        (origin_region, lon, lat), (target_region, lon2, lat2) = STATIONS[origin], STATIONS[target]
        east, north = (Decimal(lon) - Decimal(lon2)) * 96, (Decimal(lat) - Decimal(lat2)) * 111
        return {"id": f"R{n:04}", "line": line or f"样例{n}线", "direction": direction, "operator": self.operator()[0],
                "origin": origin, "origin_region": origin_region, "origin_lon": lon, "origin_lat": lat,
                "target": target, "target_region": target_region, "target_lon": lon2, "target_lat": lat2,
                "distance": str(((east * east + north * north).sqrt() * DISTANCE).quantize(Decimal("0.1")) or Decimal("18.0")),
                "valid_from": "2024-07-01", "valid_to": f"{2027 + s.below(3)}-06-30", "updated_at": self.updated(ROUTES_UPDATED)}

    def updated(self, newest):
        return (newest - datetime.timedelta(hours=self.sample.below(200))).strftime("%Y-%m-%d %H:%M:%S")

    def fault(self, dataset, what, rules, like=None, **values):
        """A new record with this fault; `like` is one to be like in some of its values."""
        record = {"vehicles": lambda: self.vehicle(self.operator()), "operators": lambda: self.licence(self.operator()),
                  "routes": self.route}[dataset]()
        record.update(like or {})
        self.sample.plant(dataset, self.sample.add(dataset, record), what, rules, **values)
        return record


def plant_vehicle_ids(m):
    def new(what, rules, **values):
        return m.fault("vehicles", what, rules, **values)

    other_place = {"region": "510108"}  # not of the city, so that its rule does not look
    new("无档案号", "id.required", id="")
    twice = new("档案号重复", "id.unique")
    new("档案号重复", "id.unique", id=twice["id"])
    new("必填项均为空", " ".join(f"{f}.required" for f in (
        "plate", "vin", "certificate", "operator", "region", "kind", "registered_on", "inspected_until", "status", "updated_at")),
        plate="", vin="无", certificate="-", operator="不详", operator_name="", region="", kind="", registered_on="",
        inspected_until="", status="", updated_at="")
    fuel = {"plate_color": "蓝", "energy": "燃油"}
    new("号牌少一位", "plate.format", plate="川J1234", **fuel)
    new("号牌含全角数字", "plate.format plate.normalize", plate="川J１2345", **fuel)
    new("发牌机关代号不存在", "plate.code", plate="川N12345", **fuel, **other_place)
    new("北京号牌", "plate-of-province", plate="京A12345", **fuel, **other_place)
    new("成都号牌", "plate-of-city", plate="川A12345", **fuel)
    twice = new("同色号牌两辆", "plate-once", plate="川J54321", **fuel)
    new("同色号牌两辆", "plate-once", plate=twice["plate"], **fuel)
    new("同号异色", "", plate=twice["plate"], plate_color="黄", energy="燃油")
    new("号牌颜色不在表中", "plate_color.one_of", plate="川J55321", plate_color="青", energy="燃油")
    new("七位号牌为绿色", "plate-colour", plate="川J56321", plate_color="渐变绿", energy="燃油")
    new("八位号牌为蓝色", "plate-colour", plate="川JD16321", plate_color="蓝", energy="纯电动")
    new("纯电动字母，插电混动", "plate-energy", plate="川JD17321", plate_color="渐变绿", energy="插电式混合动力")
    new("非纯电动字母，纯电动", "plate-energy", plate="川J17321F", plate_color="黄绿", energy="纯电动")
    new("动力类型不在表中", "energy.one_of", plate="川J58321", plate_color="蓝", energy="汽油")
    right = new_vin(m.sample)
    new("国产车校验位错", "vin.check-digit", vin=other(right, 8, "0123456789X"))
    right = new_vin(m.sample, "WVW")
    new("进口车校验位错", "vin.check-digit-foreign", vin=other(right, 8, "0123456789X"))
    new("车辆识别代号含字母 O", "vin.format vin.check-digit", vin=new_vin(m.sample)[:16] + "O")
    new("车辆识别代号带空格", "vin.format vin.check-digit vin.normalize", vin=new_vin(m.sample) + " ")
    twice = new("车辆识别代号重复", "vin.unique")
    new("车辆识别代号重复", "vin.unique", vin=twice["vin"])
    new("运输证号少两位", "certificate.form", certificate="川交运管证字5109030901号")
    new("运输证号带空格", "certificate.form certificate.normalize", certificate="川交运管证字510903000902号 ")
    new("运输证号内区划不存在", "certificate.region", certificate="川交运管证字519999000903号")
    new("纯数字运输证号内区划不存在", "certificate.region-of-digits", certificate="519999000904")
    new("外省运输证号", "certificate-of-province", certificate="渝交运管证字500152000905号")
    twice = new("运输证号重复", "certificate.unique")
    new("运输证号重复", "certificate.unique", certificate=twice["certificate"])


def plant_codes(m, dataset, code):
    """Faults of a social credit code."""
    right = m.operator()[0]
    wrong_inside = right[:16] + USCC[(USCC.index(right[16]) + 1) % 31]
    m.fault(dataset, "信用代码校验码错", f"{code}.checksum", **{code: right[:17] + USCC[(USCC.index(right[17]) + 1) % 31]})
    m.fault(dataset, "信用代码内组织机构代码错", f"{code}.org-code", **{code: uscc(wrong_inside)})
    m.fault(dataset, "信用代码小写", f"{code}.checksum {code}.org-code {code}.normalize", **{code: m.operator()[0].lower()})


def plant_name(m, dataset, name):
    """Faults of the name of an organisation."""
    m.fault(dataset, "名称有乱码", f"{name}.characters", **{name: "样例运输\ufffd公司"})
    m.fault(dataset, "名称含全角字母", f"{name}.full-width", **{name: "样例运输Ａ公司"})
    m.fault(dataset, "名称一个字", f"{name}.length", **{name: "运"})
    m.fault(dataset, "名称末尾有空格", f"{name}.normalize", **{name: "样例运输公司 "})
    m.fault(dataset, "名称为占位词", f"{name}.placeholder", **{name: "测试公司"})
    m.fault(dataset, "名称混用西里尔字母", f"{name}.scripts", **{name: "样例\u0410BC运输公司"})


def plant_region(m, dataset, region):
    m.fault(dataset, "行政区划不存在", f"{region}.code", **{region: "519999"})
    m.fault(dataset, "行政区划已停用", f"{region}.code", **{region: "510922"})
    m.fault(dataset, "行政区划带空格", f"{region}.code {region}.normalize", **{region: "510903 "})


def plant_vehicle_states(m, vehicles):
    def new(what, rules, **values):
        return m.fault("vehicles", what, rules, **values)

    plant_codes(m, "vehicles", "operator")
    plant_name(m, "vehicles", "operator_name")
    plant_region(m, "vehicles", "region")
    new("有业户代码无名称", "operator-named", operator_name="")
    m.sample.plant("vehicles", vehicles[1], "与该业户其他车辆所记名称不同", "one-name", operator_name="样例货运公司")
    new("营运类型不在表中", "kind.one_of", kind="货运")
    new("营运状态不在表中", "status.one_of", status="在营")
    new("登记日期在将来", "registered_on.max", registered_on="2027-01-01", certified_on="", inspected_until="2028-01-01")
    new("发证日期在将来", "certified_on.max", certified_on="2027-01-01")
    new("注销日期在将来", "cancelled_on.max", cancelled_on="2027-01-01", status="注销")
    new("更新时间在将来", "updated_at.max", updated_at="2026-02-01 08:00:00")
    new("注销早于发证", "life", cancelled_on="2014-01-01", status="注销")
    new("检验有效期早于登记", "inspected-after", inspected_until="2014-01-01", status="停运")
    new("营运车辆检验过期", "inspection-valid", inspected_until="2026-01-30", status="营运")
    new("营运车辆检验当日到期", "", inspected_until="2026-01-31", status="营运")
    new("营运而有注销日期", "cancelled-known", cancelled_on="2025-01-01", status="营运")
    new("注销而无注销日期", "cancelled-known", status="注销")
    dates = ("registered_on", "certified_on", "inspected_until", "cancelled_on", "updated_at")
    new("日期不存在", " ".join(f"{f}.type" for f in dates), **dict.fromkeys(dates, "2025-02-30"))
    m.sample.plant("vehicles", None, "最新记录早于两天前", "fresh")


def plant_operators(m):
    def new(what, rules, like=None, **values):
        return m.fault("operators", what, rules, like, **values)

    new("无许可证号", "licence.required", licence="")
    twice = new("许可证号重复", "licence.unique")
    new("许可证号重复", "licence.unique", licence=twice["licence"])
    new("许可证号少两位", "licence.form", licence="川交运管许可字5109030901号")
    new("许可证号带空格", "licence.form licence.normalize", licence="川交运管许可字510903000902号 ")
    new("许可证号内区划不存在", "licence.region", licence="川交运管许可字519999000903号")
    new("带地区简称的许可证号内区划不存在", "licence.region-of-area", licence="川交运管许可遂字519999000904号")
    new("带地区简称的许可证号", "", licence="川交运管许可遂字510903000905号")
    new("纯数字许可证号内区划不存在", "licence.region-of-digits", licence="519999000906")
    new("外省许可证号", "licence-of-province", licence="渝交运管许可字500152000907号")
    new("必填项均为空", " ".join(f"{f}.required" for f in ("uscc", "name", "valid_from", "valid_to", "region", "status", "updated_at")),
        uscc="", name="", valid_from="", valid_to="", region="", status="", updated_at="")
    plant_codes(m, "operators", "uscc")
    plant_name(m, "operators", "name")
    plant_region(m, "operators", "region")
    new("有效许可无电话", "phone-known", phone="")
    new("电话位数不足", "phone.format", phone="1234567")
    new("电话含全角数字", "phone.format phone.normalize", phone="0825-100２222")
    new("电话为占位号码", "phone.placeholder", phone="13800000000")
    new("许可状态不在表中", "status.one_of", status="在用")
    new("更新时间在将来", "updated_at.max", updated_at="2026-02-01 08:00:00")
    new("有效期起止颠倒", "validity one-at-a-time", valid_from="2027-03-01", valid_to="2023-03-01", status="注销")
    new("有效期起止同日", "validity", valid_from="2024-03-01", valid_to="2024-03-01", status="过期")
    new("状态有效而已到期", "in-force", valid_to="2026-01-30")
    new("当日到期", "", valid_to="2026-01-31")
    first = new("许可期首尾重叠一日", "one-at-a-time", valid_from="2019-03-01", valid_to="2023-03-01", status="过期")
    new("许可期首尾重叠一日", "one-at-a-time", {"uscc": first["uscc"], "name": first["name"]})
    first = new("同一业户两个名称", "one-name", valid_from="2019-03-01", valid_to="2023-02-28", status="过期")
    new("同一业户两个名称", "one-name", {"uscc": first["uscc"]})
    new("日期不存在", "valid_from.type valid_to.type updated_at.type", valid_from="2025-02-30", valid_to="0000-00-00",
        updated_at="2025-01-01 24:00:00")
    m.sample.plant("operators", None, "最新记录早于八天前", "fresh")


def plant_routes(m):
    def new(what, rules, like=None, **values):
        return m.fault("routes", what, rules, like, **values)

    new("无班线编号", "id.required", id="")
    twice = new("班线编号重复", "id.unique")
    new("班线编号重复", "id.unique", id=twice["id"])
    texts = ("line", "direction", "operator", "origin", "origin_region", "target", "target_region")
    new("必填项均为空", " ".join(f"{f}.required" for f in texts + ("distance", "valid_from", "valid_to", "updated_at")),
        **dict.fromkeys(texts + ("distance", "valid_from", "valid_to", "updated_at"), ""))
    also = {"direction": "direction.one_of", "operator": "operator.checksum operator.org-code",
            "origin_region": "origin_region.code", "target_region": "target_region.code"}
    for field in ("id",) + texts:
        new("手机号码误填", f"{field}.personal {also.get(field, '')}", **{field: "13800138000"})
    new("方向不在表中", "direction.one_of", direction="去程")
    plant_codes(m, "routes", "operator")
    plant_region(m, "routes", "origin_region")
    plant_region(m, "routes", "target_region")
    new("起点经纬度颠倒", "origin-place", origin_lon="30.5133", origin_lat="105.5713")
    new("讫点坐标 0, 0", "target-place", target_lon="0", target_lat="0")
    new("起点无纬度", "origin-located", origin_lat="")
    new("讫点无经度", "target-located", target_lon="")
    new("起讫点相同而非环线", "two-ends", m.route("遂宁中心站", "遂宁中心站"))
    new("环线而起讫点不同", "two-ends", direction="环线")
    new("里程短于直线距离", "not-shorter", distance="90")
    new("里程短于直线距离（南北向）", "not-shorter", m.route("射洪客运站", "安居客运站"), distance="50")
    new("里程超过直线距离三倍", "not-much-longer", distance="1000")
    new("里程为 0", "distance.exclusive_min not-shorter", distance="0")
    new("里程超过上限", "distance.max not-much-longer", distance="6001")
    new("许可期起止颠倒", "validity one-at-a-time", valid_from="2029-07-01", valid_to="2028-07-01")
    new("许可已过期", "in-force", valid_to="2026-01-30")
    first = new("同一线路许可期重叠", "one-at-a-time")
    new("同一线路许可期重叠", "one-at-a-time", {k: first[k] for k in ("line", "operator")}, valid_from="2025-07-01")
    new("更新时间在将来", "updated_at.max", updated_at="2026-02-01 08:00:00")
    numbers = ("origin_lon", "origin_lat", "target_lon", "target_lat", "distance", "valid_from", "valid_to", "updated_at")
    new("数值与日期不可读", " ".join(f"{f}.type" for f in numbers), **dict.fromkeys(numbers, "见附件"))
    m.sample.plant("routes", None, "最新记录早于 32 天前", "fresh")


def build():
    m = Maker()
    for _ in range(10):
        operator = m.operator()
        m.sample.add("operators", m.licence(operator, 2019, 2023))
        m.sample.add("operators", m.licence(operator))
        vehicles = [m.sample.add("vehicles", m.vehicle(operator)) for _ in range(5)]
    names = list(STATIONS)
    for i, origin in enumerate(names):
        for target in names[i + 1:i + 3]:
            for ends, direction in (((origin, target), "上行"), ((target, origin), "下行")):
                m.sample.add("routes", m.route(*ends, direction, f"{origin}至{target}"))
    m.sample.add("routes", m.route(names[0], names[0], "环线"))
    plant_vehicle_ids(m)
    plant_vehicle_states(m, vehicles)
    plant_operators(m)
    plant_routes(m)
    return m.sample


if __name__ == "__main__":
    build().write(sys.argv[1])
