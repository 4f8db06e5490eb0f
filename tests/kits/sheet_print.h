/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data sheets as PDFs, read back with pdftotext. */
#ifndef TESTS_SHEET_PRINT_H
#define TESTS_SHEET_PRINT_H

#include "tests/kits/check.h"

#include "reports/form.h"
#include "tests/kits/sheet_fixture.h"

/* Blanks of every kind become one blank each; the same text. */
char *flatten(char *text);

void written(const struct sheet *sheet, enum language language, const char *path);

/* What pdftotext reads on the sheet of a scene; caller frees. */
char *printed(const char *folder, enum scene scene, enum language language);

#endif
