#!/usr/bin/env python3
"""The sample of the meteorology pack: meteorology.py FOLDER writes it. Stations and readings are made up."""
import datetime
import os
import sys
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sample import Sample  # noqa: E402

SEED = 20260131
AS_OF = "2026-01-31T08:00:00+08:00"
AS_OF_FRESH = "2026-01-31T06:30:00+08:00"  # the last hour that is there is younger than two hours
WINTER, SPRING, SUMMER = ("2026-01-30 06:00", "2025-03-10 00:00", "2025-07-20 00:00")
PLACES = [  # station, name, region, longitude, latitude, altitude, first hour
    ("59901", "样例洼地站", "650402", "89.1900", "42.8500", "-150.0", WINTER),
    ("59902", "样例海滨站", "310115", "121.5400", "31.2200", "20.0", WINTER),
    ("59903", "样例平原站", "420106", "114.3100", "30.5500", "75.0", WINTER),
    ("59904", "样例岗地站", "210102", "123.4300", "41.8000", "120.0", WINTER),
    ("S9905", "样例丘陵站", "510903", "105.5700", "30.5100", "280.0", WINTER),
    ("S9906", "样例山地站", "530102", "102.7000", "25.0400", "1200.0", WINTER),
    ("S9907", "样例南方站", "440106", "113.3600", "23.1300", "30.0", SPRING),
    ("59908", "样例高原站", "540102", "91.1300", "29.6600", "3650.0", SUMMER),
]
HOURS = 24
ELEMENTS = ("prs", "prs_sea", "tem", "dpt", "rhu", "vap", "wind_dir", "wind_speed", "pre_1h", "vis", "gst")
FLAGS = {"q_prs": "prs", "q_tem": "tem", "q_rhu": "rhu", "q_pre": "pre_1h"}
FLAG_RULE = {"q_prs": "pressure-flag", "q_tem": "temperature-flag", "q_rhu": "humidity-flag", "q_pre": "precipitation-flag"}
TYPES = {  # columns that are not text
    "stations": {"longitude": "decimal", "latitude": "decimal", "altitude": "decimal", "established": "date", "closed": "date"},
    "observations": {"observed_at": "timestamp", **dict.fromkeys(("longitude", "latitude", "altitude") + ELEMENTS, "decimal"),
                     **dict.fromkeys(FLAGS, "integer")},
}
REVEAL = ("observations.station", "stations.id")
CANNOT_FAIL = {  # rule -> why no record can make it fail
    "stations.sharing": "judges the pack, not the records", "stations.opening": "judges the pack, not the records",
    "observations.sharing": "judges the pack, not the records", "observations.opening": "judges the pack, not the records",
}


def tenths(n):
    return str(Decimal(n) / 10)


def reading(s, place, at):
    """One hour of one station with nothing to find."""
    station, _, _, longitude, latitude, altitude, first = place
    sea = 10150 + s.below(120)
    tem = {WINTER: 20, SPRING: 140, SUMMER: 180}[first] + s.below(100)
    calm = s.below(12) == 0
    return {
        "station": station, "observed_at": at.strftime("%Y-%m-%d %H:%M:%S"), "longitude": longitude, "latitude": latitude,
        "altitude": altitude, "prs": tenths(sea - int(Decimal(altitude) * 10 / Decimal("8.3"))), "prs_sea": tenths(sea),
        "tem": tenths(tem), "dpt": tenths(tem - 5 - s.below(80)), "rhu": str(35 + s.below(66)), "vap": tenths(45 + s.below(100)),
        "wind_dir": "0" if calm else str(1 + s.below(360)), "wind_speed": "0.0" if calm else tenths(3 + s.below(80)),
        "pre_1h": s.pick(["0.0", "0.0", "0.0", "0.4", "2.6", "999990"]), "vis": str(800 + s.below(29000)),
        "gst": tenths(tem - 30 + s.below(80)), "q_prs": "0", "q_tem": "0", "q_rhu": "0", "q_pre": "0",
    }


def series(s, place):
    first = datetime.datetime.strptime(place[6], "%Y-%m-%d %H:%M")
    return [s.add("observations", reading(s, place, first + datetime.timedelta(hours=h))) for h in range(HOURS)]


def alone(s, station, what, rules, **values):
    """A station with one hour of its own, for faults that would disturb a series."""
    at = datetime.datetime(2026, 1, 30, 12)
    record = s.add("observations", reading(s, (station,) + PLACES[4][1:], at))
    s.plant("observations", record, what, rules, **values)


def plant_ranges(s, o):
    def plant(station, hour, what, rules, **values):
        s.plant("observations", o[station][hour], what, rules, **values)

    plant("59901", 3, "气压高于海拔 0 米以下的上限", "pressure-by-altitude", prs="1085.1")
    plant("59902", 3, "气压低于海拔 0 至 50 米的下限", "pressure-by-altitude", prs="944.9")
    plant("59903", 3, "气压低于海拔 50 至 100 米的下限", "pressure-by-altitude", prs="934.9")
    plant("59904", 3, "气压高于海拔 100 至 150 米的上限", "pressure-by-altitude", prs="1065.1", prs_sea="1080.0")
    plant("S9905", 3, "气压高于海拔 150 至 900 米的上限", "pressure-by-altitude", prs="1050.1", prs_sea="1080.0")
    plant("S9906", 3, "气压高于海拔 900 米以上的上限", "pressure-by-altitude", prs="1000.1")
    plant("59902", 4, "1 月气温 40.1", "temperature-by-season", tem="40.1")
    plant("59902", 5, "1 月气温 -55.1", "temperature-by-season", tem="-55.1", dpt="-60.0")
    plant("S9907", 4, "3 月气温 45.1", "temperature-by-season", tem="45.1")
    plant("59908", 4, "7 月气温 65.1", "temperature-by-season", tem="65.1")
    plant("59908", 5, "7 月气温 -19.1", "temperature-by-season", tem="-19.1", dpt="-25.0")
    plant("59908", 6, "露点温度 45", "dew-point-limit", dpt="45.0", tem="46.0")
    plant("59903", 4, "相对湿度 101", "humidity-percent", rhu="101")
    plant("59903", 5, "相对湿度 110.5", "humidity-limit humidity-percent", rhu="110.5")
    plant("59903", 6, "水汽压 3.9", "vapour-limit", vap="3.9")
    plant("59903", 7, "水汽压 70.1", "vapour-limit", vap="70.1")
    plant("59904", 4, "风向 361", "direction-limit", wind_dir="361", wind_speed="3.0")
    plant("59904", 5, "风速 76", "speed-limit", wind_speed="76", wind_dir="90")
    plant("59908", 7, "100°E 以西小时降水 80.1", "precipitation-by-place", pre_1h="80.1")
    plant("59904", 9, "41°N 以北小时降水 80.1", "precipitation-by-place", pre_1h="80.1")
    plant("S9907", 5, "25°N 以南小时降水 150.1", "precipitation-by-place", pre_1h="150.1")
    plant("S9905", 4, "小时降水 145.1", "precipitation-by-place", pre_1h="145.1")
    plant("S9905", 5, "小时降水为负", "precipitation-by-place", pre_1h="-0.1")
    plant("S9905", 6, "能见度为负", "visibility-limit", vis="-1")
    plant("S9905", 7, "地面温度 90.1", "ground-limit", gst="90.1")
    # Nothing to find: the ends of ranges are inside, a class goes as far as the next.
    plant("59902", 6, "1 月气温 40", "", tem="40.0")
    plant("59903", 8, "海拔 75 米气压 1075", "", prs="1075.0", prs_sea="1080.0")
    plant("S9907", 6, "25°N 以南小时降水 150", "", pre_1h="150.0")


def plant_relations(s, o):
    def plant(station, hour, what, rules, **values):
        s.plant("observations", o[station][hour], what, rules, **values)

    plant("S9906", 4, "露点温度 20 高于气温 18", "dew-below-air", dpt="20", tem="18")
    plant("S9906", 5, "海拔为正而海平面气压低于本站气压", "pressure-of-sea", prs="900.0", prs_sea="890.0")
    plant("59901", 5, "海拔为负而海平面气压高于本站气压", "pressure-of-sea", prs="1000.0", prs_sea="1001.0")
    plant("S9906", 6, "静风而有风向", "calm", wind_dir="90", wind_speed="0.0")
    plant("S9906", 7, "有风而风向为 0", "calm", wind_dir="0", wind_speed="3.0")
    for hour, (flag, element) in enumerate(FLAGS.items(), 8):
        plant("S9906", hour, "有值而质控码为缺测", FLAG_RULE[flag], **{flag: "8"})
        plant("S9906", hour + 4, "缺测而质控码为正确", f"{element}.required {FLAG_RULE[flag]}", **{element: "999999"})
        plant("S9907", hour, "质控码 3", f"{flag}.one_of", **{flag: "3"})
    plant("59904", 6, "经度与本站其他记录不同", "longitude-of-station", longitude="123.4400")
    plant("59904", 7, "纬度与本站其他记录不同", "latitude-of-station", latitude="41.8100")
    plant("59904", 8, "海拔与本站其他记录不同", "altitude-of-station", altitude="121.0")


def plant_special(s, o):
    """No value at all is a finding of completeness; a limit mark one of the format; neither is an outlier."""
    for element, code in zip(ELEMENTS, ["999999", "999998", "999999.0", ""] * 3):
        hour = 10 + ELEMENTS.index(element)
        flags = {flag: "8" for flag, of in FLAGS.items() if of == element}
        s.plant("observations", o["59903"][hour], f"缺测 {code}".strip(), f"{element}.required", **{element: code}, **flags)
        mark = "997019" if ELEMENTS.index(element) % 2 else "998040"
        s.plant("observations", o["59904"][hour], f"极限标记 {mark}", f"{element}.special", **{element: mark})
    s.plant("observations", o["59904"][21], "微量代码用于气温", "tem.special", tem="999990")


def plant_hours(s, o):
    double = dict(o["59902"][12])
    s.add("observations", double)
    s.plant("observations", double, "同一时次两条记录", "once once hourly")
    gone = o["59902"].pop(16)
    s.tables["observations"].remove(gone)
    s.plant("observations", o["59902"][16], "前一时次无记录", "hourly")
    s.plant("observations", None, "最新记录早于两小时前", "fresh")


def plant_alone(s):
    alone(s, "S9911", "海拔 8851", "altitude.max", altitude="8851", prs="540.0")
    alone(s, "S9912", "海拔 -161", "altitude.min", altitude="-161", prs="1040.0", prs_sea="1020.0")
    alone(s, "S9913", "经纬度颠倒", "place", longitude="30.5100", latitude="105.5700")
    alone(s, "S9914", "坐标 0, 0", "place", longitude="0", latitude="0")
    alone(s, "S9915", "观测时间在将来", "observed_at.max", observed_at="2026-01-31 09:00:00")
    alone(s, "AB12", "站号不合规则", "station.match")
    alone(s, "s9916", "站号小写", "station.match station.normalize")
    alone(s, "13800138000", "站号是手机号码", "station.match station.personal")
    alone(s, "", "无站号", "station.required")
    alone(s, "S9917", "无观测时间", "observed_at.required", observed_at="")
    alone(s, "S9918", "无位置", "longitude.required latitude.required altitude.required", longitude="", latitude="", altitude="")
    alone(s, "S9919", "24 时", "observed_at.type", observed_at="2026-01-30 24:00:00")
    numbers = ("longitude", "latitude", "altitude") + ELEMENTS + tuple(FLAGS)
    alone(s, "S9920", "数值不可读", " ".join(f"{name}.type" for name in numbers), **{name: "约 5" for name in numbers})


def plant_stations(s):
    stations = s.tables["stations"]

    def new(what, rules, **values):
        n = len(stations)
        record = {"id": f"S98{n:02}", "name": f"样例{n}号站", "kind": "区域站", "region": "510903", "longitude": f"105.{n:02}00",
                  "latitude": "30.5000", "altitude": "300.0", "established": "2008-06-01", "closed": ""}
        s.plant("stations", s.add("stations", record), what, rules, **values)
        return record

    new("无站号", "id.required", id="")
    twice = new("站号重复", "id.unique")
    new("站号重复", "id.unique", id=twice["id"])
    new("站号不合规则", "id.match", id="AB12")
    new("站号小写且带空格", "id.match id.normalize", id=" s9880")
    new("站号是手机号码", "id.match id.personal", id="13800138000")
    new("无站名", "name.required", name="")
    new("站名一个字", "name.length", name="站")
    new("站名含手机号码", "name.personal", name="样例站 13800138000")
    new("无站类", "kind.required", kind="")
    new("站类不在表中", "kind.one_of", kind="乡镇站")
    new("站类是手机号码", "kind.one_of kind.personal", kind="13800138000")
    new("站类与站号不符", "kind-of-id", kind="国家站")
    new("无行政区划", "region.required", region="无")
    new("行政区划不存在", "region.code", region="519999")
    new("行政区划已停用", "region.code", region="510922")
    new("行政区划全角", "region.code region.normalize", region="５１０９０３")
    new("行政区划是手机号码", "region.code region.personal", region="13800138000")
    new("无位置", "longitude.required latitude.required altitude.required", longitude="", latitude="", altitude="999999")
    new("位置不可读", "longitude.type latitude.type altitude.type", longitude="105°", latitude="30°", altitude="三百米")
    new("海拔 8851", "altitude.max", altitude="8851")
    new("海拔 -161", "altitude.min", altitude="-161")
    new("经纬度颠倒", "place", longitude="30.5000", latitude="105.9900")
    same = new("两站同一坐标", "one-at-a-place")
    new("两站同一坐标", "one-at-a-place", longitude=same["longitude"])
    new("建站日期在将来", "established.max", established="2027-01-01")
    new("撤站早于建站", "life", closed="2001-01-01")
    new("日期不存在", "established.type closed.type", established="2009-02-29", closed="2026-13-01")


def build():
    s = Sample("meteorology", {"stations": ["id"], "observations": ["station", "observed_at"]}, SEED)
    for station, name, region, longitude, latitude, altitude, _ in PLACES:
        s.add("stations", {"id": station, "name": name, "kind": "国家站" if station < "A" else "区域站", "region": region,
                           "longitude": longitude, "latitude": latitude, "altitude": altitude, "established": "1959-01-01",
                           "closed": ""})
    plant_stations(s)
    o = {place[0]: series(s, place) for place in PLACES}
    plant_ranges(s, o)
    plant_relations(s, o)
    plant_special(s, o)
    plant_hours(s, o)
    plant_alone(s)
    return s


if __name__ == "__main__":
    build().write(sys.argv[1])
