drop table if exists enterprise;
create table enterprise (
    id           text not null,
    uscc         text,
    name         text,
    legal_person text,
    citizen_id   text,
    phone        text,
    region       text,
    capital      numeric(18, 2),
    founded      date,
    status       text,
    updated_at   timestamptz,
    address      text
);
