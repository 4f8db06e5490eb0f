/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/assets.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"

/* The assembler puts each file between two labels, as it is. */
#define CARRY(name, file)                                                              \
	__asm__(".section .rodata\n"                                                   \
	        ".global " #name "_from\n" #name "_from:\n"                            \
	        ".incbin \"" file "\"\n"                                               \
	        ".global " #name "_to\n" #name "_to:\n"                                \
	        ".byte 0\n"                                                            \
	        ".previous\n");                                                        \
	extern const char name##_from[], name##_to[]

CARRY(asset_css, "web/page/page.css");
CARRY(asset_js, "web/page/page.js");
CARRY(asset_icon, "web/page/icon.svg");

static const struct {
	const char *path, *type, *from, *to;
} assets[] = {
	{ "/page.css", "text/css; charset=utf-8", asset_css_from, asset_css_to },
	{ "/page.js", "text/javascript; charset=utf-8", asset_js_from, asset_js_to },
	{ "/icon.svg", "image/svg+xml", asset_icon_from, asset_icon_to },
};

int asset_find(struct asset *out, const char *path)
{
	for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
		uint8_t sum[DIGEST_SIZE];
		char hex[DIGEST_HEX];
		if (strcmp(assets[i].path, path) != 0)
			continue;
		*out = (struct asset){ .type = assets[i].type,
			.from = assets[i].from,
			.size = (size_t)(assets[i].to - assets[i].from) };
		digest_of(out->from, out->size, sum);
		digest_print(sum, hex);
		snprintf(out->tag, sizeof out->tag, "\"%.16s\"", hex);
		return OK;
	}
	return NOT_FOUND;
}
