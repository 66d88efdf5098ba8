#include "source_options.h"

#include <string.h>

static bool parse_delimiter(const char *text, char *ret)
{
    if (strcmp(text, "tab") == 0) *ret = '\t';
    else if (strcmp(text, "comma") == 0) *ret = ',';
    else if (strcmp(text, "semicolon") == 0) *ret = ';';
    else if (text[0] > ' ' && text[0] < 127 && text[1] == '\0') *ret = text[0];
    else return false;
    return true;
}

int cli_read_file_options(const cli_context *cli, const char *delimiter, const char *encoding, const char *null_text,
                          bool no_header, bool lenient, assay_file_options *ret)
{
    if (delimiter && !parse_delimiter(delimiter, &ret->delimiter)) {
        cli_complain(cli, "--delimiter %s: tab, comma, semicolon or one ASCII character",
                     "--delimiter %s：tab、comma、semicolon 或一个 ASCII 字符", delimiter);
        return EXIT_USAGE;
    }
    ret->encoding = encoding;
    ret->null_text = null_text;
    ret->no_header = no_header;
    ret->lenient = lenient;
    return EXIT_WITHIN;
}

static bool names_password(const char *conninfo)
{
    const char *scheme = strstr(conninfo, "://");
    if (!scheme) return strstr(conninfo, "password") && !strstr(conninfo, "passfile=");
    const char *at = strchr(scheme + 3, '@');
    const char *slash = strpbrk(scheme + 3, "/?");
    const char *colon = strchr(scheme + 3, ':');
    const bool in_authority = at && colon && colon < at && (!slash || at < slash);
    return in_authority || strstr(scheme, "password=");
}

int cli_check_conninfo(const cli_context *cli, const char *conninfo)
{
    if (!conninfo || !names_password(conninfo)) return EXIT_WITHIN;
    cli_complain(cli, "--db holds a password, which others on this machine could read: use ~/.pgpass, PGPASSFILE, PGPASSWORD or a service file",
                 "--db 中含有口令，本机其他用户可能看到：请使用 ~/.pgpass、PGPASSFILE、PGPASSWORD 或服务文件");
    return EXIT_USAGE;
}
