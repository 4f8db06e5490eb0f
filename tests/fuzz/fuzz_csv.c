/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A CSV file: refused, or rows with as many cells as columns, to the end. */
#include <assert.h>
#include <string.h>

#include "base/csv.h"
#include "tests/fuzz/fuzz_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct csv *csv;
	struct problem why;
	double value;
	int status;
	if (csv_open(&csv, fuzz_file(in, n), &why) != OK)
		return 0;
	size_t columns = csv_columns(csv), line = 0;
	for (size_t i = 0; i < columns; i++)
		(void)csv_find(csv, csv_name(csv, i));
	while ((status = csv_next(csv, &why)) != 0) {
		assert(csv_line(csv) > line);
		line = csv_line(csv);
		for (size_t i = 0; status == 1 && i < columns; i++)
			number_parse(csv_cell(csv, i), &value);
	}
	csv_close(csv);
	return 0;
}
