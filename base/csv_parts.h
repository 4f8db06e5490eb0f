/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside base/csv*.c. */
#ifndef BASE_CSV_PARTS_H
#define BASE_CSV_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/csv.h"

#define CSV_BLOCK    65536
#define CSV_ROW_MOST (1 << 20) /* bytes; an open quote must not swallow a file */

struct csv {
	FILE *in;
	char *path;
	double size; /* bytes of the file, 0 unknown */
	char separator;
	bool failed;              /* the system could not read on; told once */
	uint64_t block_at;        /* where block[] lies in the file */
	size_t at, n_block;       /* next byte of block[], bytes in it */
	size_t line;              /* of the next byte, from 1 */
	size_t row_line;          /* where the row began */
	size_t n_cells;           /* of the row; may be more than there is room for */
	size_t used;              /* of row[] */
	bool nul;                 /* a NUL byte was in the row */
	size_t columns;           /* of the header */
	char *header;             /* its cells, each ended by a NUL, as in row[] */
	size_t name[CSV_COLUMNS]; /* offsets into header[] */
	size_t cell[CSV_COLUMNS]; /* offsets into row[] */
	char row[CSV_ROW_MOST + 2];
	char block[CSV_BLOCK];
};

/* Fill `why` with file, line and reason; MALFORMED. */
int csv_bad(const struct csv *csv, struct problem *why, size_t line, const char *format,
        ...) __attribute__((format(printf, 4, 5)));

/* The next byte without taking it, or EOF. */
int csv_peek(struct csv *csv);

/* Cells of the next row that is not blank: 1, 0 at the end, MALFORMED. */
int csv_read_row(struct csv *csv, struct problem *why);

/* OK or MALFORMED: NUL bytes, bytes that are not UTF-8. */
int csv_check_bytes(const struct csv *csv, struct problem *why);

#endif
