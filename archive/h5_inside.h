/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that speak to libhdf5 share. */
#ifndef ARCHIVE_H5_INSIDE_H
#define ARCHIVE_H5_INSIDE_H

#include <hdf5.h>

#include "archive/crew.h"
#include "archive/h5.h"
#include "archive/pack.h"

#define H5_AT_ONCE 16 /* chunks that are packed before they are written */

/* What chunks are packed with. */
struct h5_chunks {
	size_t hands;
	struct packer *packer[CREW_MOST]; /* one for each */
	size_t at_once, room;             /* chunks, and bytes of one that is packed */
	uint8_t *packed;                  /* at_once times room */
	uint8_t *last; /* a whole chunk, where the column ends before it does */
};

/* Objects that refer to a scale, gathered until the group is complete. */
struct h5_scale {
	char name[H5_NAME];
	hobj_ref_t reference;
	size_t n, room;
	hobj_ref_t *user;
};

struct h5 {
	char path[4096];
	hid_t file, group; /* group: where new objects go */
	hid_t object;      /* made last: takes the attributes; may be `group` itself */
	struct h5_chunks chunks;
	size_t n_scales;
	struct h5_scale scale[8]; /* of the group being written */
	uint64_t file_size;
	bool writing, in_memory, failed;
	struct problem problem;
};

/* The kind as it lies in the file; borrowed from the library, never closed. */
hid_t h5_type(enum h5_kind kind);

/* Keep the first failure: `what` ("cannot be read") of `name` in the present group, and
 * libhdf5's own words.  Returns FAILED when writing, MALFORMED when reading. */
int h5_fail(struct h5 *h5, const char *name, const char *what);

/* Attributes and links compact, creation order tracked, no times: same input, same
 * bytes. */
hid_t h5_object_plan(hid_t class);

/* Tell every scale of the group who uses it (REFERENCE_LIST); before the next group. */
void h5_finish_group(struct h5 *h5);

/* For as many hands as there are; OK or FAILED: no memory. */
int h5_chunks_open(struct h5_chunks *chunks);
void h5_chunks_close(struct h5_chunks *chunks);

/* All chunks, of `rows` rows each, of the column made last: packed by us, the last one
 * padded with zeros. */
void h5_chunks_write(struct h5 *h5, const struct h5_column *column, size_t rows);

/* The same back.  1 read, 0 not packed as we pack (try it through the library),
 * MALFORMED. */
struct h5_place {
	size_t rows; /* of a chunk */
	uint8_t *out;
};
int h5_chunks_load(struct h5 *h5, hid_t set, const struct h5_want *want,
        const struct h5_place *place);

/* Take the time of day out of a file just written.  OK, MALFORMED (not laid out as
 * ours), FAILED. */
int h5_forget_times(const char *path);
/* The same in the first n bytes of one.  OK or MALFORMED. */
int h5_times_clear(uint8_t *in, size_t n);

/* Open bytes in memory for reading; negative if they are no sound file. */
hid_t h5_image_open(const struct h5_image *image);

uint32_t h5_checksum(const uint8_t *in, size_t n);

#endif
