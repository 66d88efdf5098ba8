/* Makes xlsx files as a test wants them: parts stored in a zip archive, whole or damaged. */
#ifndef XLSX_KIT_H
#define XLSX_KIT_H

#include <zlib.h>

#include "base/buf.h"

typedef struct kit_part {
    const char *name;
    ay_str text;
} kit_part;

#define KIT_PARTS_MAX 8

static inline void kit_u16(ay_buf *out, size_t v)
{
    ay_buf_char(out, (char)(v & 0xff));
    ay_buf_char(out, (char)(v >> 8 & 0xff));
}
static inline void kit_u32(ay_buf *out, size_t v)
{
    kit_u16(out, v & 0xffff);
    kit_u16(out, v >> 16);
}

/* What the header of a part and its entry in the directory share. */
static inline void kit_entry(const kit_part *part, ay_buf *out)
{
    kit_u16(out, 20); /* version needed */
    kit_u16(out, 0);  /* flags */
    kit_u16(out, 0);  /* stored */
    kit_u32(out, 0);  /* time and date */
    kit_u32(out, crc32(crc32(0, NULL, 0), (const Bytef *)part->text.ptr, (uInt)part->text.len));
    kit_u32(out, part->text.len);
    kit_u32(out, part->text.len);
    kit_u16(out, strlen(part->name));
    kit_u16(out, 0); /* extra */
}

static inline void kit_zip(const kit_part *parts, size_t n, ay_buf *out)
{
    size_t at[KIT_PARTS_MAX], directory;
    for (size_t i = 0; i < n; i++) {
        at[i] = out->len;
        kit_u32(out, 0x04034b50);
        kit_entry(&parts[i], out);
        ay_buf_text(out, parts[i].name);
        ay_buf_str(out, parts[i].text);
    }
    directory = out->len;
    for (size_t i = 0; i < n; i++) {
        kit_u32(out, 0x02014b50);
        kit_u16(out, 20); /* made by */
        kit_entry(&parts[i], out);
        for (int zero = 0; zero < 5; zero++) kit_u16(out, 0); /* comment, disk, attributes */
        kit_u32(out, at[i]);
        ay_buf_text(out, parts[i].name);
    }
    const size_t len = out->len - directory;
    kit_u32(out, 0x06054b50);
    kit_u32(out, 0);
    kit_u16(out, n);
    kit_u16(out, n);
    kit_u32(out, len);
    kit_u32(out, directory);
    kit_u16(out, 0);
}

#define KIT_BOOK                                                                                                       \
    "<workbook xmlns='m' xmlns:r='r'><workbookPr/><sheets><sheet name='a' sheetId='1' r:id='rId7'/>"                   \
    "<sheet name='b' sheetId='2' r:id='rId8'/></sheets></workbook>"
#define KIT_RELATIONS                                                                                                  \
    "<Relationships><Relationship Id='rId7' Type='t/worksheet' Target='worksheets/sheet1.xml'/>"                       \
    "<Relationship Id='rId1' Type='t/sharedStrings' Target='/xl/sharedStrings.xml'/></Relationships>"

static inline void kit_xlsx(ay_str book, ay_str relations, ay_str shared, ay_str sheet, ay_buf *out)
{
    const kit_part parts[] = {{"xl/workbook.xml", book},
                              {"xl/_rels/workbook.xml.rels", relations},
                              {"xl/sharedStrings.xml", shared},
                              {"xl/worksheets/sheet1.xml", sheet}};
    kit_zip(parts, sizeof parts / sizeof parts[0], out);
}

#endif
