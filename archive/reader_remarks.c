/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/reader_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_there(const struct remarks *remarks, const char *text)
{
	for (size_t i = 0; i < remarks->n; i++)
		if (strcmp(remarks->text[i], text) == 0)
			return true;
	return false;
}

void remarks_add(struct remarks *remarks, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	void *more = is_there(remarks, text)
	                     ? NULL
	                     : realloc(remarks->text,
	                               (remarks->n + 1) * sizeof *remarks->text);
	if (more == NULL) {
		free(text);
		return;
	}
	remarks->text = more;
	remarks->text[remarks->n++] = text;
}

void remarks_free(struct remarks *remarks)
{
	for (size_t i = 0; i < remarks->n; i++)
		free(remarks->text[i]);
	free(remarks->text);
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
