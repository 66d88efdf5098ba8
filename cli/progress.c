#include "progress.h"

void cli_clear_progress(cli_progress *progress)
{
    if (progress->shown) fputs("\r\033[K", stderr);
    progress->shown = false;
}

void cli_show_progress(void *p, const assay_progress *now)
{
    cli_progress *progress = p;
    const cli_context *cli = progress->cli;
    const double seconds = (double)now->elapsed_us / 1e6;
    const double rate = seconds > 0 ? (double)now->records / seconds : 0;
    fprintf(stderr, "\r\033[K%s: %llu", now->dataset, (unsigned long long)now->records);
    if (now->expected) fprintf(stderr, cli_say(cli, " of about %llu", " / 约 %llu"), (unsigned long long)now->expected);
    fprintf(stderr, cli_say(cli, " records, %.0f/s", " 条记录，%.0f 条/秒"), rate);
    if (now->expected > now->records && rate > 0)
        fprintf(stderr, cli_say(cli, ", %.0f s left", "，剩余 %.0f 秒"), (double)(now->expected - now->records) / rate);
    fflush(stderr);
    progress->shown = true;
    if (now->done) cli_clear_progress(progress);
}
