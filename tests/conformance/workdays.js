// What the npm package chinese-days says of each day, in the lines of workdays_probe.c: node workdays.js PACKAGE FIRST LAST.
// The package reads dates as UTC and asks them for local parts: run with TZ=UTC.
"use strict";
const { isWorkday, findWorkday } = require(process.argv[2]);
const last = process.argv[4];
const lines = [];
for (const day = new Date(process.argv[3]); ; day.setUTCDate(day.getUTCDate() + 1)) {
    const date = day.toISOString().slice(0, 10);
    if (date > last) break;
    lines.push([date, isWorkday(date) ? 1 : 0, ...[0, 1, 5, 10, 20].map((n) => findWorkday(n, date))].join(" "));
}
process.stdout.write(lines.join("\n") + "\n");
