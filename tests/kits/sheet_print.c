/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/sheet_print.h"

#include <stdbool.h>

char *flatten(char *text)
{
	char *to = text;
	for (const char *in = text; *in != '\0'; in++) {
		bool blank = *in == ' ' || *in == '\n' || *in == '\f';
		if (in[0] == '\xc2' && in[1] == '\xa0') {
			blank = true;
			in++;
		}
		if (!blank)
			*to++ = *in;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
	return text;
}

void written(const struct sheet *sheet, enum language language, const char *path)
{
	struct problem why = { 0 };
	if (sheet_write(sheet, language, path, &why) != OK)
		fail_msg("%s", why.text);
}

char *printed(const char *folder, enum scene scene, enum language language)
{
	int code;
	const char *path = in_folder(folder, "sheet.pdf");
	written(sheet_scene(scene), language, path);
	char *text = flatten(run_command(&code, "pdftotext -raw %s -", path));
	assert_int_equal(code, 0);
	return text;
}
