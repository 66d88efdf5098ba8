#!/usr/bin/env bash
# A private PostgreSQL cluster for tests: a unix socket in a new folder under /tmp, no TCP, nothing kept.
#
#   tests/pg/cluster.sh run COMMAND...   start, run COMMAND with the environment below, stop; COMMAND's exit code
#   . tests/pg/cluster.sh                then cluster_start, cluster_stop (also called when the script ends)
#
# Works under `set -eu` as well. Sets PGHOST PGPORT PGUSER PGDATABASE (a superuser without password) and
#   CLUSTER_DIR CLUSTER_DATA CLUSTER_LOG CLUSTER_BIN          folders, the server's log, the server's programs
#   CLUSTER_SCRAM_USER CLUSTER_SCRAM_PASSWORD                 a role that must give its password
# Reads CLUSTER_OPTIONS: more arguments of `postgres`, e.g. "-c max_connections=20".
# Exit code 77: no PostgreSQL server programs here (ctest counts that as skipped).

cluster_find_bin() {
    local dir
    # shellcheck disable=SC2012  # version numbers hold no odd characters
    for dir in "$(pg_config --bindir 2>/dev/null)" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && { echo "$dir"; return 0; }
    done
    echo "cluster.sh: no initdb found; install postgresql (apt-get install postgresql)" >&2
    return 77
}

# PostgreSQL refuses to run as root: as root, act as another user who is there already.
cluster_as() {
    if [ -n "$CLUSTER_OWNER" ]; then
        setpriv --reuid "$CLUSTER_OWNER" --regid "$(id -g "$CLUSTER_OWNER")" --clear-groups -- "$@"
    else
        "$@"
    fi
}

cluster_pick_owner() {
    CLUSTER_OWNER=
    [ "$(id -u)" -eq 0 ] || return 0
    local user
    for user in postgres nobody; do
        id "$user" >/dev/null 2>&1 && { CLUSTER_OWNER=$user; return 0; }
    done
    echo "cluster.sh: running as root and neither the user postgres nor nobody is here" >&2
    return 1
}

cluster_init() {
    CLUSTER_DIR=$(mktemp -d /tmp/assay-pg.XXXXXX) || return
    CLUSTER_DATA=$CLUSTER_DIR/data CLUSTER_LOG=$CLUSTER_DIR/log
    [ -z "$CLUSTER_OWNER" ] || chown "$CLUSTER_OWNER" "$CLUSTER_DIR" || return
    chmod 755 "$CLUSTER_DIR"
    (cd / && cluster_as "$CLUSTER_BIN/initdb" -D "$CLUSTER_DATA" -U postgres -E UTF8 --locale=C -A trust --no-sync) \
        >"$CLUSTER_DIR/initdb.log" 2>&1 || { cat "$CLUSTER_DIR/initdb.log" >&2; return 1; }
    printf 'local all %s scram-sha-256\nlocal all all trust\n' "$CLUSTER_SCRAM_USER" >"$CLUSTER_DATA/pg_hba.conf"
}

# The server is a child of this script (not daemonised), so that whoever kills the whole tree kills it too.
cluster_launch() {
    # shellcheck disable=SC2086  # CLUSTER_OPTIONS is a list of words
    (cd / && cluster_as "$CLUSTER_BIN/postgres" -D "$CLUSTER_DATA" -k "$CLUSTER_DIR" -F -c listen_addresses= \
        -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB -c dynamic_shared_memory_type=mmap \
        -c log_min_messages=warning ${CLUSTER_OPTIONS:-}) </dev/null >"$CLUSTER_LOG" 2>&1 &
    CLUSTER_CHILD=$!
    local i
    for ((i = 0; i < 300; i++)); do
        "$CLUSTER_BIN/pg_isready" -q && return 0
        kill -0 "$CLUSTER_CHILD" 2>/dev/null || break
        sleep 0.1
    done
    echo "cluster.sh: the server did not start:" >&2
    tail -n 20 "$CLUSTER_LOG" >&2
    return 1
}

cluster_start() {
    CLUSTER_BIN=$(cluster_find_bin) || return
    cluster_pick_owner || return
    CLUSTER_SCRAM_USER=assay_scram CLUSTER_SCRAM_PASSWORD='hush-hush 42'
    trap cluster_stop EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    cluster_init || return
    unset PGHOSTADDR PGPASSWORD PGSERVICE PGSERVICEFILE PGOPTIONS PGSSLMODE PGREQUIRESSL PGAPPNAME PGCLIENTENCODING \
        PGDATESTYLE PGTZ PGCONNECT_TIMEOUT PGTARGETSESSIONATTRS
    export PGHOST=$CLUSTER_DIR PGPORT=5432 PGUSER=postgres PGDATABASE=postgres PGPASSFILE=$CLUSTER_DIR/none
    export CLUSTER_DIR CLUSTER_DATA CLUSTER_LOG CLUSTER_BIN CLUSTER_SCRAM_USER CLUSTER_SCRAM_PASSWORD
    cluster_launch || return
    "$CLUSTER_BIN/psql" -Xq -v ON_ERROR_STOP=1 \
        -c "create role $CLUSTER_SCRAM_USER login password '$CLUSTER_SCRAM_PASSWORD'" </dev/null
}

# The postmaster's pid, as long as it runs on our folder (a test may have killed it).
cluster_pid() {
    local pid
    pid=$(head -n 1 "$CLUSTER_DATA/postmaster.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
    [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$CLUSTER_DATA" ] && echo "$pid"
}

cluster_stop() {
    [ -n "${CLUSTER_DIR:-}" ] && [ -d "$CLUSTER_DIR" ] || return 0
    local pid segment
    if pid=$(cluster_pid); then
        kill -QUIT "$pid" 2>/dev/null || true
    else # killed: its interlock segment is still there
        segment=$(sed -n '7s/.* //p' "$CLUSTER_DATA/postmaster.pid" 2>/dev/null) || true
        [ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null || true
    fi
    [ -z "${CLUSTER_CHILD:-}" ] || wait "$CLUSTER_CHILD" 2>/dev/null || true
    rm -rf "$CLUSTER_DIR"
    CLUSTER_DIR=
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    if [ "${1:-}" != run ] || [ $# -lt 2 ]; then
        echo "usage: $0 run COMMAND..." >&2
        exit 2
    fi
    shift
    cluster_start || exit
    # In the background, so that a signal to this script is answered at once.
    "$@" <&0 &
    command=$!
    trap 'kill "$command" 2>/dev/null; exit 130' INT
    trap 'kill "$command" 2>/dev/null; exit 143' TERM
    wait "$command"
    exit
fi
