"""A population base with planted faults, for rules/packs/population.yaml."""
from datetime import date, timedelta

from kit import Numbers, Sample, Variant, citizen_id, other

COLUMNS = {
    "record_no": "text", "citizen_id": "text", "name": "text", "sex": "text", "ethnic": "text", "birth_date": "date",
    "death_date": "date", "region_code": "text", "marriage": "text", "address": "text", "phone": "text", "guardian": "text",
    "remark": "text", "updated_at": "timestamptz",
}
PERSONAL = ("citizen_id", "name", "birth_date", "death_date", "address", "phone", "guardian")
REGIONS = {"510903": "四川省遂宁市船山区", "510904": "四川省遂宁市安居区", "510921": "四川省遂宁市蓬溪县",
           "510923": "四川省遂宁市大英县", "510981": "四川省遂宁市射洪市", "500152": "重庆市潼南区"}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = ("样甲", "样乙", "样丙", "样丁", "样戊", "样己", "样庚", "样辛", "例壬", "例癸")
TODAY = date(2026, 6, 30)


def age(born):
    return TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))


def person(numbers, i):
    region = numbers.pick(sorted(REGIONS))
    born = date(1941, 1, 1) + timedelta(numbers.below(30000))
    sex = numbers.pick("12")
    row = {
        "record_no": f"P{i:05}", "region_code": region, "sex": sex, "birth_date": born,
        "citizen_id": citizen_id(region, str(born), i * 2 % 1000 // 2 * 2 + (sex == "1")),
        "name": numbers.pick(SURNAMES) + numbers.pick(GIVEN), "ethnic": numbers.pick(("01",) * 9 + ("03", "15", "56")),
        "marriage": "20" if age(born) >= 25 and i % 5 else "10",
        "address": f"{REGIONS[region]}样本街道虚拟路{numbers.below(200) + 1}号{numbers.below(9) + 1}栋{numbers.below(30) + 1}号",
        "phone": "" if age(born) < 12 else "139" + f"{20000000 + i * 137:08}",
        "guardian": numbers.pick(SURNAMES) + numbers.pick(GIVEN) if age(born) < 18 else "",
        "remark": numbers.pick(("", "", "户口本已换发", "（迁入）资料齐全")),
        "updated_at": f"2026-06-{29 - numbers.below(20):02} 20:{numbers.below(60):02}:00+08",
    }
    return {column: str(value) for column, value in row.items()}


def records():
    """Records without a fault, for ever; the first hold what looks odd and is right."""
    numbers = Numbers(11643)
    for i in range(1, 100000):
        row = person(numbers, i)
        if i == 1:  # the county's code ended in 2019, the number stays
            row.update(citizen_id=citizen_id("510922", "1980-02-29", 11), birth_date="1980-02-29", sex="1", guardian="", marriage="40")
        if i == 2:
            row.update(birth_date="1941-07-08", citizen_id=citizen_id("510921", "1941-07-08", 10), sex="2", marriage="30",
                       death_date="2026-06-01", guardian="")
        if i == 3:  # sex unknown, so that nothing is said of the number
            row.update(sex="9", name="买买提·样例")
        yield row


def adult(rows, sex="12"):
    return next(row for row in rows if row["sex"] in sex and 25 <= age(date.fromisoformat(row["birth_date"])) < 80)


def born(row, day, **changes):
    """The same person, born on another day."""
    return {**row, "birth_date": day, "citizen_id": citizen_id(row["region_code"], day, int(row["citizen_id"][14:17])), **changes}


def plant_identifiers(s, rows):
    s.plant(adult(rows), "record_no.required", "no number", record_no="")
    first = s.plant(adult(rows), "record_no.unique", "a number used twice")
    s.plant(adult(rows), "record_no.unique", "a number used twice", record_no=first["record_no"])
    s.plant(adult(rows), "citizen_id.required", "no id", citizen_id="")
    s.plant(adult(rows), "citizen_id.required", "a word that means no id", citizen_id="不详")
    row = next(row for row in rows if row["citizen_id"].endswith("X"))
    s.plant(row, "citizen_id.normalize citizen_id.checksum", "a small x", citizen_id=row["citizen_id"].lower())
    row = adult(rows)
    s.plant(row, "citizen_id.checksum", "wrong check digit", citizen_id=row["citizen_id"][:17] + other(row["citizen_id"][17]))
    row = adult(rows)
    s.plant(row, "citizen_id.checksum id-birth", "a day that is none", citizen_id=citizen_id(row["region_code"], "1990-02-30", 10),
            sex="2")
    for region, rules, what in (("519999", "citizen_id.region citizen_id.region-legacy", "a region that never was"),
                                ("510901", "citizen_id.region-legacy", "the districts of a city, in no list of the ministry")):
        row = adult(rows)
        s.plant(row, rules, what, citizen_id=citizen_id(region, row["birth_date"], int(row["citizen_id"][14:17])))
    s.plant(adult(rows), "citizen_id.checksum", "a number of the first generation", citizen_id="510902800229123")
    first = s.plant(adult(rows), "citizen_id.unique", "an id used twice")
    s.plant(adult(rows), "citizen_id.unique", "an id used twice", name="赵样本",
            **{column: first[column] for column in ("citizen_id", "birth_date", "sex", "marriage")})
    row = adult(rows)
    s.plant(row, "id-birth", "another birth date in the id", citizen_id=citizen_id(row["region_code"], "1983-01-02", int(row["sex"])))
    row = adult(rows)
    s.plant(row, "id-sex", "the id of the other sex", sex="2" if row["sex"] == "1" else "1")


def plant_texts(s, rows):
    people = (("normalize", "买买提•样例"), ("characters", "王?例"), ("scripts", "王Аб"), ("spaces", "王 样"), ("length", "王"),
              ("placeholder", "李四"))
    for field, changes in (
            ("name", (("required", "未知"),) + people), ("guardian", people),
            ("address", (("required", "无"), ("normalize", "遂宁市安居区虚拟路301号 "), ("characters", "遂宁市安居区虚拟路302?号"),
                         ("full-width", "遂宁市安居区虚拟路３０３号"), ("length", "甲3号"))),
            ("remark", (("normalize", "资料齐全 "), ("characters", "资料\ufffd齐全"), ("length", "齐" * 501)))):
        for check, value in changes:
            s.plant(adult(rows), f"{field}.{check}", f"{field}: {check}", **{field: value})
    other_id = citizen_id("510903", "1977-07-07", 77)
    s.plant(adult(rows), "remark.personal", "the id of somebody", remark=f"与{other_id}为夫妻")
    s.plant(adult(rows), "remark.personal", "a mobile number", remark="本人电话139-0002-0036")
    s.plant(adult(rows), "remark.personal remark.normalize", "a mobile number, and a space behind it", remark="本人电话13900020039 ")
    s.secrets += ["13900020039", other_id, "139-0002-0036"]
    s.plant(adult(rows), "phone.normalize phone.format", "full-width digits", phone="１３９０００２００３７")
    s.plant(adult(rows), "phone.format", "a digit too few", phone="1390002003")
    s.plant(adult(rows), "phone.placeholder", "a number that stands for none", phone="13800000000")


def plant_codes(s, rows):
    for field, none, wide, wrong in (("ethnic", "", "０１", "57"), ("region_code", "", "５１０９０３", "510902")):
        s.plant(adult(rows), f"{field}.required", f"{field}: nothing", **{field: none})
        s.plant(adult(rows), f"{field}.normalize {field}.code", f"{field}: full-width digits", **{field: wide})
        s.plant(adult(rows), f"{field}.code", f"{field}: not in force", **{field: wrong})
    s.plant(adult(rows), "sex.required", "no sex", sex="")
    s.plant(adult(rows), "sex.normalize sex.code", "a full-width digit", sex="１")
    s.plant(adult(rows), "sex.code", "no code", sex="3")
    s.plant(adult(rows), "marriage.normalize marriage.code", "a space behind the code", marriage="90 ")
    s.plant(adult(rows), "marriage.code", "a code of another list", marriage="1")


def plant_lives(s, rows):
    s.plant(adult(rows), "birth.required", "no birth date", birth_date="")
    s.plant(adult(rows), "birth.type", "no such day", birth_date="1990-02-30")
    s.plant(adult(rows), "birth.min id-birth oldest", "a birth date that stands for none", birth_date="1899-12-31")
    s.plant(adult(rows), "birth.max id-birth", "born tomorrow", birth_date="2026-07-01", guardian="赵样本", marriage="10")
    s.plant(adult(rows), "death.type", "no date", death_date="已故")
    s.plant(adult(rows), "death.max", "dead tomorrow", death_date="2026-07-01")
    s.plant(born(adult(rows), "1990-05-06"), "birth-death", "dead before birth", death_date="1990-05-05")
    s.plant(born(adult(rows), "1905-05-06"), "oldest", "121 years old")
    for sex, of_age, too_young in (("1", "2004-06-30", "2004-07-01"), ("2", "2006-06-30", "2006-07-01")):
        s.add(born(adult(rows, sex), of_age, marriage="21"))
        s.plant(born(adult(rows, sex), too_young, marriage="21"), "married-age", "married a day before the age")
    s.add(born(adult(rows), "2008-06-30", marriage="10"))
    s.plant(born(adult(rows), "2008-07-01", marriage="10"), "minor-guardian", "a child without a guardian")
    first = s.plant(adult(rows), "same-person", "registered twice")
    again = {column: first[column] for column in ("name", "birth_date", "region_code", "sex", "marriage", "guardian")}
    s.plant(adult(rows), "same-person", "registered twice", **again,
            citizen_id=citizen_id(first["region_code"], first["birth_date"], (int(first["citizen_id"][14:17]) + 500) % 1000))
    s.plant(adult(rows), "updated_at.required", "no time of change", updated_at="")
    s.plant(adult(rows), "updated_at.type", "no such hour", updated_at="2026-06-29 24:30:00+08")


def sample():
    s, rows = Sample("population", "person", "population", COLUMNS, personal=PERSONAL), records()
    for _ in range(120):
        s.add(next(rows))
    for plant in (plant_identifiers, plant_texts, plant_codes, plant_lives):
        plant(s, rows)
    for _ in range(30):
        s.add(next(rows))
    return s


SAMPLES = [sample()]
VARIANTS = [Variant("person.sharing", drop="basis"), Variant("person.fresh", as_of="2026-07-09T08:00:00+08:00"),
            Variant("person.volume", rows=99)]
