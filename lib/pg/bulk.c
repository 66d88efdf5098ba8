/* Reading the socket in large pieces. The server sends some KiB at a time and wakes whoever waits for them each time;
 * a reader that is not waiting costs it nothing. So we take a nap while bytes gather in the socket, as long as they
 * become more, and then take all of them at once. With the server on the same machine a bare COPY takes a quarter less
 * time. ay_pg_wait_readable does the same in small pieces. */
#include "pg/conn.h"

#include <sys/ioctl.h>
#include <time.h>

enum {
    PLENTY = 128 << 10, /* a unix socket holds about 200 KiB */
    SCRAPS = 8 << 10,   /* not worth another call */
    NAP_NS = 50000,
};

static int waiting_bytes(const ay_pg_conn *conn)
{
    int n = 0;
    return ioctl(PQsocket(conn->pq), FIONREAD, &n) == 0 ? n : 0;
}

/* Ends at once where a slow network, or a full buffer, has nothing to add. */
static void let_gather(const ay_pg_conn *conn)
{
    const struct timespec nap = {.tv_nsec = NAP_NS};
    for (int before = 0, now = waiting_bytes(conn); now < PLENTY && now > before;) {
        (void)nanosleep(&nap, NULL);
        before = now;
        now = waiting_bytes(conn);
    }
}

assay_status ay_pg_wait_bulk(ay_pg_conn *conn, assay_err *err)
{
    if (waiting_bytes(conn) == 0) AY_TRY(ay_pg_wait(conn, err));
    let_gather(conn);
    do { /* libpq's buffer grows until all of it fits */
        if (!PQconsumeInput(conn->pq)) return ay_pg_fail(conn, NULL, err);
    } while (waiting_bytes(conn) >= SCRAPS);
    return ASSAY_OK;
}
