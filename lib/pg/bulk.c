/* Reading the socket in large pieces. The server sends some KiB at a time and wakes whoever waits for them each time;
 * a reader that is not waiting costs it nothing. So we take naps while bytes gather in the socket, as long as many
 * come, and then take all of them at once. With the server on the same machine a bare COPY takes a quarter less
 * time. ay_pg_wait_readable does the same in small pieces. */
#include "pg/conn.h"

#include <sys/ioctl.h>
#include <time.h>

enum {
    PLENTY = 128 << 10, /* a unix socket holds about 200 KiB */
    MORE = 4 << 10,     /* worth another nap: so there are at most 32 */
    NAP_NS = 50000,
    NAP_MAX_NS = 500000, /* a server that comes to be faster stands still for so long at most */
    LEFT = 32 << 10,     /* so many left behind: libpq's buffer was too small */
    GROWTHS = 6,         /* from 16 KiB to 1 MiB at most */
};

static int waiting_bytes(const ay_pg_conn *conn)
{
    int n = 0;
    return ioctl(PQsocket(conn->pq), FIONREAD, &n) == 0 ? n : 0;
}

/* As long as the rest takes at the pace of the last nap: a slow server (values to be unpacked) is not asked again and
 * again. Naps last longer than they are asked for, so this errs towards too short. */
static long next_nap(long nap, int came, int missing)
{
    const long long rest = came > 0 ? (long long)nap * missing / came : NAP_NS;
    return rest < NAP_NS ? NAP_NS : rest > NAP_MAX_NS ? NAP_MAX_NS : (long)rest;
}

/* Ends at once where a slow network, or a full buffer, has little to add. */
static void let_gather(const ay_pg_conn *conn)
{
    long nap = NAP_NS;
    for (int before = 0, now = waiting_bytes(conn); now < PLENTY && now - before >= MORE;) {
        (void)nanosleep(&(struct timespec){.tv_nsec = nap}, NULL);
        before = now;
        now = waiting_bytes(conn);
        nap = next_nap(nap, now - before, PLENTY - now);
    }
}

/* A full buffer of libpq doubles when it is asked to take more. That this happens a few times in the life of a
 * connection bounds it, however fast the server is. */
assay_status ay_pg_wait_bulk(ay_pg_conn *conn, assay_err *err)
{
    if (waiting_bytes(conn) == 0) AY_TRY(ay_pg_wait(conn, err));
    let_gather(conn);
    bool again = true;
    while (again) {
        if (!PQconsumeInput(conn->pq)) return ay_pg_fail(conn, NULL, err);
        again = conn->growths < GROWTHS && waiting_bytes(conn) >= LEFT;
        conn->growths += again;
    }
    return ASSAY_OK;
}
