/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/reader_inside.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_there(const struct remarks *remarks, const char *text)
{
	for (size_t i = 0; i < remarks->n; i++)
		if (strcmp(remarks->remark[i].text, text) == 0)
			return true;
	return false;
}

/* Below a folder that may not be looked into, nothing may be read either. */
static bool is_shut(const char *path)
{
	return eaccess(path, R_OK) != 0 && (errno == EACCES || errno == EPERM);
}

/* Takes `text` over. */
static void keep(struct remarks *remarks, const char *path, char *text)
{
	struct remark *more =
	        is_there(remarks, text)
	                ? NULL
	                : realloc(remarks->remark, (remarks->n + 1) * sizeof *more);
	if (more == NULL) {
		free(text);
		return;
	}
	remarks->remark = more;
	more[remarks->n++] = (struct remark){ .text = text,
		.shut = path != NULL && is_shut(path) ? strdup(path) : NULL };
}

void remarks_of(struct remarks *remarks, const char *path, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	if (n >= 0)
		keep(remarks, path, text);
}

void remarks_free(struct remarks *remarks)
{
	for (size_t i = 0; i < remarks->n; i++) {
		free(remarks->remark[i].text);
		free(remarks->remark[i].shut);
	}
	free(remarks->remark);
}

bool reader_lacks(const struct reader *reader, const char *station, const char *day)
{
	char file[64], journal[64];
	snprintf(file, sizeof file, "/%s_%s", station, day);
	snprintf(journal, sizeof journal, "journal/%s/", station);
	for (size_t i = 0; i < reader_problems(reader); i++)
		if (strstr(reader_problem(reader, i), file) != NULL ||
		        strstr(reader_problem(reader, i), journal) != NULL)
			return true;
	return false;
}
