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

int cli_read_memory(const cli_context *cli, const char *memory, const char *spill_limit, assay_run_options *ret)
{
    const int code = cli_read_number(cli, "memory", memory, CLI_SIZE, UINT64_MAX, &ret->memory);
    if (code != EXIT_WITHIN) return code;
    return cli_read_number(cli, "spill-limit", spill_limit, CLI_SIZE, UINT64_MAX, &ret->spill_limit);
}

static bool is_secret(const char *name, size_t len)
{
    return (len == 8 && memcmp(name, "password", 8) == 0) || (len == 11 && memcmp(name, "sslpassword", 11) == 0);
}

static bool query_names_password(const char *query)
{
    while (*query) {
        const size_t len = strcspn(query, "&");
        if (is_secret(query, strcspn(query, "=&"))) return true;
        query += len + (query[len] == '&');
    }
    return false;
}

static bool uri_names_password(const char *authority)
{
    const char *at = strchr(authority, '@');
    const char *colon = strchr(authority, ':');
    const char *end = authority + strcspn(authority, "/?");
    const char *query = strchr(authority, '?');
    return (at && colon && colon < at && at < end) || (query && query_names_password(query + 1));
}

/* Behind a value of "keyword = value": quoted with ', or up to the next space; a backslash takes the next character. */
static const char *skip_value(const char *s)
{
    const char *end = *s == '\'' ? "'" : " \t\r\n";
    if (*s == '\'') s++;
    for (; *s && !strchr(end, *s); s++)
        if (*s == '\\' && s[1]) s++;
    return *s ? s + 1 : s;
}

static bool pairs_name_password(const char *s)
{
    static const char spaces[] = " \t\r\n";
    for (s += strspn(s, spaces); *s; s += strspn(s, spaces)) {
        const char *name = s;
        const size_t len = strcspn(s, "= \t\r\n");
        s += len + strspn(s + len, spaces);
        if (is_secret(name, len)) return true;
        if (*s != '=') return false; /* libpq will say what it thinks of it */
        s = skip_value(s + 1 + strspn(s + 1, spaces));
    }
    return false;
}

static bool names_password(const char *conninfo)
{
    static const char *const schemes[] = {"postgresql://", "postgres://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncmp(conninfo, schemes[i], strlen(schemes[i])) == 0)
            return uri_names_password(conninfo + strlen(schemes[i]));
    return pairs_name_password(conninfo);
}

int cli_check_conninfo(const cli_context *cli, const char *name, const char *conninfo)
{
    if (!conninfo || !names_password(conninfo)) return EXIT_WITHIN;
    cli_complain(cli,
                 "%s holds a password, which others on this machine could read: use ~/.pgpass, PGPASSFILE, "
                 "PGPASSWORD or a service file",
                 "%s 中含有口令，本机其他用户可能看到：请使用 ~/.pgpass、PGPASSFILE、PGPASSWORD 或服务文件", name);
    return EXIT_USAGE;
}

int cli_read_source(const cli_context *cli, const cli_source_words *words, const assay_dataset_info *dataset,
                    const char *pack_path, cli_source *ret)
{
    if ((words->db != NULL) + (words->csv != NULL) + (words->copy != NULL) > 1) {
        cli_complain(cli, "a dataset has one source: --db, --csv or --copy",
                     "一个数据集只有一个来源：--db、--csv 或 --copy");
        return EXIT_USAGE;
    }
    const bool is_named = cli_dataset_file(dataset, pack_path, ret->path, sizeof ret->path);
    if (is_named && words->db) {
        cli_complain(cli, "the pack reads dataset %s from a file: --db does not belong here",
                     "规则包从文件读取数据集 %s：此处不能使用 --db", dataset->name);
        return EXIT_USAGE;
    }
    const char *file = words->copy ? words->copy : words->csv;
    ret->file = (assay_file_options)ASSAY_FILE_OPTIONS_INIT;
    ret->file.format = words->copy ? ASSAY_FILE_COPY_TEXT : ASSAY_FILE_CSV;
    ret->source = (assay_explain_source){words->db, !file && is_named ? ret->path : file, &ret->file};
    const int code = cli_check_conninfo(cli, "--db", words->db);
    if (code != EXIT_WITHIN) return code;
    return cli_read_file_options(cli, words->delimiter, words->encoding, words->null_text, words->no_header, false,
                                 &ret->file);
}
