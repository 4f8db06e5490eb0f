/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of web/page, carried inside the program. */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include <stddef.h>

#include "base/status.h"

struct asset {
	const char *type, *from;
	size_t size;
	char tag[20]; /* of the content, quoted: for ETag */
};

/* The asset at a path of the site.  OK or NOT_FOUND. */
int asset_find(struct asset *out, const char *path);

#endif
