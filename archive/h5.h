/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only door to libhdf5 (h5_write.c, h5_read.c, h5_compare.c).  Files are those of
 * netCDF-4: superblock 2 (V18 bounds), creation order tracked, every dimension with a
 * scale, so that ncdump, xarray and R see named dimensions.  Columns are
 * one-dimensional and chunked.
 *
 * A file keeps its first failure: what follows does nothing, and h5_close() reports it.
 */
#ifndef ARCHIVE_H5_H
#define ARCHIVE_H5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define H5_NAME  80    /* room for the name of a group, column or attribute */
#define H5_ROWS  8640  /* rows of a chunk: a tenth of a day at 1 Hz */
#define H5_BYTES 65536 /* bytes of a chunk of a byte string */

enum h5_kind {
	H5_U8,
	H5_U16,
	H5_U32,
	H5_U64,
	H5_I32,
	H5_I64,
	H5_F64,
	H5_CHAR, /* netCDF's char: one byte of text */
};
#define H5_KINDS 8

size_t h5_size(enum h5_kind kind);

struct h5;

/* Make a file; it must not exist.  path NULL: in memory only, gone when closed.
 * few_chunks: most columns will have one chunk. */
int h5_create(struct h5 **out, const char *path, bool few_chunks, struct problem *why);

/* The bytes that a file made in memory would have on disk (caller frees), once all was
 * written.  OK, FAILED. */
int h5_image_take(struct h5 *h5, uint8_t **bytes, size_t *n);

/* Open a file for reading; MALFORMED if it is no HDF5 file, FAILED. */
int h5_open(struct h5 **out, const char *path, struct problem *why);

/* The same of bytes in memory, which stay the caller's and are not copied; `name` for
 * messages. */
struct h5_image {
	const uint8_t *bytes;
	size_t n;
	const char *name;
};
int h5_open_image(struct h5 **out, const struct h5_image *image, struct problem *why);

/* Make libhdf5 ready, so that it asks nothing of the system afterwards; it then loads
 * no plugin.  OK or FAILED. */
int h5_begin(void);

/* OK, or what failed first (and then `why` says where).  NULL is fine. */
int h5_close(struct h5 *h5, struct problem *why);

/* The first failure, or NULL. */
const struct problem *h5_problem(const struct h5 *h5);

/* Note a failure found by the caller ("/cod: row 17: ..."); MALFORMED. */
int h5_damaged(struct h5 *h5, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* ---- writing: one object after the other; attributes go to the object made last
 * ---- */

void h5_group(
        struct h5 *h5, const char *name); /* below the root; what follows lies in it */

struct h5_column {
	const char *name;
	const char *dimension; /* name of its scale; its own name: it is the scale */
	enum h5_kind kind;
	bool unlimited; /* grows: the rows of an instrument */
	size_t n;
	const void *data;
	const double *fill; /* _FillValue; NULL: none */
};
void h5_column(struct h5 *h5, const struct h5_column *column);
/* A dimension without values of its own. */
void h5_dimension(struct h5 *h5, const char *name, size_t n);
void h5_scalar(struct h5 *h5, const char *name, double value);

void h5_put_text(struct h5 *h5, const char *name, const char *value); /* UTF-8 */
void h5_put(struct h5 *h5, const char *name, enum h5_kind kind, const void *values,
        size_t n);

/* ---- reading: `group` is "" for the root ---- */

/* Names of the groups below the root, in the order they were made. */
int h5_groups(struct h5 *h5, char (**names)[H5_NAME], size_t *n);

bool h5_has(struct h5 *h5, const char *group, const char *name);
/* Rows of a column of this kind.  OK, NOT_FOUND (no failure) or MALFORMED. */
int h5_rows(struct h5 *h5, const char *group, const char *name, enum h5_kind kind,
        size_t *n);

struct h5_want {
	const char *group, *name;
	enum h5_kind kind;
	size_t n; /* rows it must have */
};
/* A whole column into `out`.  OK, NOT_FOUND (no failure) or MALFORMED. */
int h5_load(struct h5 *h5, const struct h5_want *want, void *out);

/* Attributes.  OK, NOT_FOUND, MALFORMED (another kind or count). */
int h5_get_text(
        struct h5 *h5, const char *group, const char *name, char *out, size_t room);
int h5_get(struct h5 *h5, const struct h5_want *want, void *out);

/* ---- comparing ---- */

/* Do two files say the same: objects, attributes, dimensions and every value, however
 * stored? OK; or MALFORMED and in `where` the first difference ("/cod/cod attribute
 * units: 'ug/L', not 'mg/L' as the records say"). `got` is the file in question, `want`
 * what it should be. */
int h5_compare(struct h5 *got, struct h5 *want, char *where, size_t room);

#endif
