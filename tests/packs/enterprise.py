"""A register of enterprises with planted faults, for rules/packs/enterprise.yaml."""
from datetime import date, timedelta

from kit import Numbers, Sample, Variant, credit_code, organisation_code, other, register_number

COLUMNS = {
    "PRIPID": "text", "UNISCID": "text", "ENTNAME": "text", "REGNO": "text", "NAME": "text", "ENTTYPE_CN": "text",
    "INDUSTRYPHY": "text", "REGCAP": "numeric", "REGORG_CN": "text", "ESTDATE": "date", "APPRDATE": "date",
    "OPSCOPE": "text", "OPFROM": "date", "OPTO": "date", "REGSTATE_CN": "text", "DOM": "text", "CANDATE": "date",
    "REGION_CODE": "text", "UPDATED_AT": "timestamptz",
}
REGIONS = {"510903": "四川省遂宁市船山区", "510904": "四川省遂宁市安居区", "510921": "四川省遂宁市蓬溪县",
           "510923": "四川省遂宁市大英县", "510981": "四川省遂宁市射洪市", "500152": "重庆市潼南区"}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = ("样甲", "样乙", "样丙", "样丁", "样戊", "样己", "样庚", "样辛", "例壬", "例癸")
TYPES = ("有限责任公司（自然人独资）", "有限责任公司（自然人投资或控股）", "股份有限公司（非上市）", "农民专业合作社")
TRADES = (("A", "农业", "谷物种植；农产品销售"), ("C", "机械", "通用设备制造；金属制品销售"),
          ("F", "商贸", "日用百货批发、零售；食品销售"), ("G", "物流", "普通货物道路运输；仓储服务"),
          ("I", "软件", "软件开发；信息系统集成服务"), ("M", "科技", "技术咨询；技术推广服务"))
LIVE = "存续（在营、开业、在册）"


def enterprise(numbers, i):
    region = numbers.pick(sorted(REGIONS))
    section, trade, scope = numbers.pick(TRADES)
    founded = date(2004, 1, 1) + timedelta(numbers.below(7000))
    approved = founded + timedelta(numbers.below(1000))
    word = numbers.pick("丰登瑞祥永昌") + numbers.pick("顺达恒远华美")
    row = {
        "PRIPID": f"E{i:05}", "REGION_CODE": region, "INDUSTRYPHY": section, "OPSCOPE": scope,
        "UNISCID": credit_code("91", region, organisation_code("MA6" + numbers.digits(5))),
        "REGNO": register_number(region, f"{i:08}"),
        "ENTNAME": f"遂潼样本{word}{trade}{'（集团）' if i % 10 == 0 else ''}第{i}号有限公司",
        "NAME": numbers.pick(SURNAMES) + numbers.pick(GIVEN),
        "ENTTYPE_CN": numbers.pick(TYPES), "REGCAP": f"{numbers.below(5000) + 1}.{numbers.digits(2)}",
        "REGORG_CN": REGIONS[region][-3:] + "市场监督管理局", "ESTDATE": founded, "APPRDATE": approved,
        "OPFROM": founded, "OPTO": "" if i % 3 == 0 else date(founded.year + 30, 1, 1), "REGSTATE_CN": LIVE,
        "DOM": f"{REGIONS[region]}样本街道虚拟路{numbers.below(200) + 1}号附{i}号（{numbers.below(9) + 1}栋）",
        "UPDATED_AT": f"2026-06-{29 - numbers.below(20):02} 20:{numbers.below(60):02}:00+08",
    }
    if i % 8 == 0:
        row.update(REGSTATE_CN="注销", CANDATE=approved + timedelta(30))
    if i % 17 == 0:
        row.update(REGSTATE_CN="吊销，未注销", CANDATE="")
    return {column: str(value) for column, value in row.items()}


def records():
    """Records without a fault, for ever; the first hold what looks odd and is right."""
    numbers = Numbers(36344)
    for i in range(1, 100000):
        row = enterprise(numbers, i)
        if i == 1:  # registered by the state's own administration
            row["UNISCID"] = credit_code("91", "100000", organisation_code("MA600001"))
        if i == 2:  # the region was replaced in 2019, after the foundation
            row.update(UNISCID=credit_code("91", "510922", organisation_code("MA600002")), REGION_CODE="510981")
        if i == 3:  # older than the register numbers, and without a stated capital
            row.update(REGNO="", REGCAP="", OPFROM="", OPTO="")
        yield row


def live(rows):
    """The next of them that is live and in Sichuan."""
    return next(row for row in rows if row["REGSTATE_CN"] == LIVE and row["REGION_CODE"][:2] == "51")


def cancelled(rows):
    return next(row for row in rows if row["REGSTATE_CN"] == "注销")


def plant_identifiers(s, rows):
    s.plant(live(rows), "uscc.required", "no code", UNISCID="")
    s.plant(live(rows), "uscc.required", "a word that means no code", UNISCID="无")
    row = live(rows)
    s.plant(row, "uscc.normalize uscc.checksum uscc.org-code", "small letters", UNISCID=row["UNISCID"].lower())
    row = live(rows)
    s.plant(row, "uscc.normalize uscc.checksum", "a space behind the code", UNISCID=row["UNISCID"] + "　")
    row = live(rows)
    code = row["UNISCID"]
    s.plant(row, "uscc.checksum", "wrong check character", UNISCID=code[:17] + other(code[17]))
    row = live(rows)
    right = organisation_code("MA612345")
    s.plant(row, "uscc.org-code", "right as a whole, but not the organisation code in it",
            UNISCID=credit_code("91", row["REGION_CODE"], right[:8] + other(right[8])))
    for region, head, rules, what in (
            ("510903", "52", "uscc-class", "a private non-enterprise unit"),
            ("512832", "91", "uscc-region uscc-region-listed", "a county that ended in 1985"),
            ("510901", "91", "uscc-region-listed", "the districts of a city, in no list of the ministry"),
            ("110105", "91", "uscc-province", "a code of Beijing")):
        s.plant(live(rows), rules, what, ESTDATE="2012-05-08", APPRDATE="2013-05-08",
                UNISCID=credit_code(head, region, organisation_code("MA6" + region[1:])))
    first = s.plant(live(rows), "uscc.unique", "a code used twice")
    s.plant(live(rows), "uscc.unique", "a code used twice", UNISCID=first["UNISCID"])
    s.plant(live(rows), "principal_id.required", "no id", PRIPID="")
    first = s.plant(live(rows), "principal_id.unique", "an id used twice")
    s.plant(live(rows), "principal_id.unique", "an id used twice", PRIPID=first["PRIPID"])
    row = live(rows)
    s.plant(row, "register_number.normalize register_number.checksum", "a space before the number", REGNO=" " + row["REGNO"])
    row = live(rows)
    s.plant(row, "register_number.checksum", "wrong check digit", REGNO=row["REGNO"][:14] + str((int(row["REGNO"][14]) + 1) % 10))
    first = s.plant(live(rows), "register_number.unique", "a number used twice")
    s.plant(live(rows), "register_number.unique", "a number used twice", REGNO=first["REGNO"])


def plant_texts(s, rows):
    for column, field, changes in (
            ("ENTNAME", "name", (("required", ""), ("normalize", "遂潼样本规范第1号有限公司 "), ("characters", "遂潼样本?号有限公司"),
                                 ("scripts", "遂潼样本АВ有限公司"), ("full-width", "遂潼样本Ａ座有限公司"), ("length", "遂"),
                                 ("placeholder", "测试公司"))),
            ("NAME", "legal_person", (("required", "不详"), ("normalize", "买买提.样例"), ("characters", "李?例"), ("scripts", "李Аб"),
                                      ("spaces", "李 样"), ("length", "李"), ("placeholder", "张三"))),
            ("ENTTYPE_CN", "type", (("required", "-"), ("normalize", "有限责任公司　"), ("characters", "有限责任\ufffd公司"), ("length", "企"))),
            ("REGORG_CN", "authority", (("required", ""), ("normalize", " 船山区市场监督管理局"), ("characters", "船山区市场监督管理?"),
                                        ("length", "工商局"))),
            ("OPSCOPE", "scope", (("required", "无"), ("normalize", "农产品销售 "), ("characters", "农产品\ue863销售"), ("length", "农"))),
            ("DOM", "address", (("required", "/"), ("normalize", "遂宁市船山区虚拟路1号 "), ("characters", "遂宁市船山区虚拟路?号"),
                                ("full-width", "遂宁市船山区虚拟路１号"), ("length", "船山区")))):
        for check, value in changes:
            s.plant(live(rows), f"{field}.{check}", f"{field}: {check}", **{column: value})
    s.plant(live(rows), "scope.personal", "a mobile number", OPSCOPE="农产品销售，联系电话13900020034")
    s.plant(live(rows), "address.personal", "a mobile number", DOM="遂宁市船山区虚拟路8号，电话13900020035")
    s.plant(live(rows), "address.personal address.normalize", "a mobile number, and a space behind it",
            DOM="遂宁市船山区虚拟路9号，电话13900020038 ")
    s.secrets += ["13900020034", "13900020035", "13900020038"]
    first = s.plant(live(rows), "same-name-address", "registered twice")
    s.plant(live(rows), "same-name-address", "registered twice", ENTNAME=first["ENTNAME"], DOM=first["DOM"])


def plant_codes(s, rows):
    s.plant(live(rows), "industry.required", "no industry", INDUSTRYPHY="")
    s.plant(live(rows), "industry.normalize industry.one_of", "a small letter", INDUSTRYPHY="c")
    s.plant(live(rows), "industry.one_of", "no section", INDUSTRYPHY="U")
    s.plant(live(rows), "status.required", "no status", REGSTATE_CN="")
    s.plant(live(rows), "status.normalize status.code", "a space before the status", REGSTATE_CN=" 迁出")
    s.plant(live(rows), "status.code", "no word of the list", REGSTATE_CN="营业中")
    s.plant(live(rows), "region_code.required", "no region", REGION_CODE="")
    s.plant(live(rows), "region_code.normalize region_code.code uscc-province", "full-width digits", REGION_CODE="５１０９０３")
    s.plant(live(rows), "region_code.code", "a district that ended in 2003", REGION_CODE="510902")
    s.plant(live(rows), "capital.type", "a capital in words", REGCAP="壹佰万元")
    s.plant(live(rows), "capital.exclusive_min", "no capital at all", REGCAP="0")
    s.plant(live(rows), "capital.scale", "less than a hundredth of a yuan", REGCAP="100.1234567")
    s.plant(live(rows), "capital-unit", "yuan instead of 10,000 yuan", REGCAP="50000000")


def plant_dates(s, rows):
    s.plant(live(rows), "founded.required", "no date of foundation", ESTDATE="")
    s.plant(live(rows), "founded.type", "no such day", ESTDATE="2019-02-29")
    s.plant(live(rows), "founded.min", "before the state", ESTDATE="1900-01-01")
    s.plant(live(rows), "founded.max founded-approved", "founded in the future", ESTDATE="2027-01-01")
    s.plant(live(rows), "founded-approved", "approved before it was founded", ESTDATE="2015-03-02", APPRDATE="2015-03-01")
    s.plant(live(rows), "approved.required", "no date of approval", APPRDATE="")
    s.plant(live(rows), "approved.type", "another way to write a date", APPRDATE="2020.5.1")
    s.plant(live(rows), "approved.max", "approved in the future", APPRDATE="2026-07-01")
    s.plant(cancelled(rows), "cancelled-has-date", "cancelled without a date", CANDATE="")
    s.plant(cancelled(rows), "cancelled-has-date", "revoked and cancelled without a date", REGSTATE_CN="吊销，已注销", CANDATE="")
    s.plant(live(rows), "live-has-no-date", "live with a date of cancellation", CANDATE="2026-01-31")
    s.plant(cancelled(rows), "founded-cancelled", "cancelled before it was founded", ESTDATE="2015-03-02", APPRDATE="2015-03-02",
            CANDATE="2015-03-01")
    s.plant(cancelled(rows), "cancelled.max", "cancelled in the future", CANDATE="2026-07-01")
    s.plant(cancelled(rows), "cancelled.type", "no date", CANDATE="已注销")
    s.plant(live(rows), "term_from.type", "no date", OPFROM="长期", OPTO="")
    s.plant(live(rows), "term_to.type", "no date", OPTO="长期")
    s.plant(live(rows), "term-order", "a term that ends when it begins", OPFROM="2030-01-01", OPTO="2030-01-01")
    s.plant(live(rows), "term-together", "an end without a beginning", OPFROM="", OPTO="2040-01-01")
    s.plant(live(rows), "term-over", "live after its term", OPFROM="2006-06-01", OPTO="2026-06-29")
    s.plant(live(rows), "updated_at.required", "no time of change", UPDATED_AT="")
    s.plant(live(rows), "updated_at.type", "no such hour", UPDATED_AT="2026-06-29 24:30:00+08")


def sample():
    s, rows = Sample("enterprise", "enterprise", "enterprise", COLUMNS, personal=("NAME",)), records()
    for _ in range(120):
        s.add(next(rows))
    for plant in (plant_identifiers, plant_texts, plant_codes, plant_dates):
        plant(s, rows)
    for _ in range(30):
        s.add(next(rows))
    return s


SAMPLES = [sample()]
VARIANTS = [Variant("enterprise.sharing", drop="condition"), Variant("enterprise.sharing", drop="basis"),
            Variant("enterprise.fresh", as_of="2026-07-03T08:00:00+08:00"), Variant("enterprise.volume", rows=99)]
