-- What a careful user writes: the arithmetic of the check characters as functions.
create function uscc_is_right(code text) returns boolean language plpgsql immutable strict parallel safe as $$
declare
    alphabet constant text := '0123456789ABCDEFGHJKLMNPQRTUWXY';
    weight integer := 1;
    total integer := 0;
begin
    if code !~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$' then
        return false;
    end if;
    for i in 1..17 loop
        total := total + (strpos(alphabet, substr(code, i, 1)) - 1) * weight;
        weight := weight * 3 % 31;
    end loop;
    return substr(code, 18, 1) = substr(alphabet, (31 - total % 31) % 31 + 1, 1);
end $$;

create function citizen_id_is_right(id text) returns boolean language plpgsql immutable strict parallel safe as $$
declare
    weights constant integer[] := '{7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2}';
    total integer := 0;
begin
    if id !~ '^[0-9]{17}[0-9X]$' then
        return false;
    end if;
    for i in 1..17 loop
        total := total + substr(id, i, 1)::integer * weights[i];
    end loop;
    return substr(id, 18, 1) = substr('10X98765432', total % 11 + 1, 1);
end $$;
