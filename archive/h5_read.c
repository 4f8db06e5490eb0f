/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading.  Nothing the file says is believed before it is checked: kind, rank, where
 * the bytes lie (never outside the file), and how many rows so few bytes can hold.
 */
#include "archive/h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/h5_inside.h"

/* A stream of zeros deflates 1:1032 at most (RFC 1951); no column can hold more than
 * this. */
#define MOST_PER_BYTE 1100
#define MOST_EXTRA    (1u << 20)

static void place(const char *group, const char *name, char out[2 * H5_NAME])
{
	snprintf(out, 2 * H5_NAME, "%s%s%s", group, group[0] != '\0' ? "/" : "", name);
}

/* 1: there, a link of this file; 0: not there; negative: damaged. */
static int link_check(struct h5 *h5, hid_t at, const char *path)
{
	H5L_info_t info;
	htri_t there = H5Lexists(at, path, H5P_DEFAULT);
	if (there <= 0)
		return there == 0
		               ? 0
		               : h5_damaged(h5, "/%s: its name cannot be read", path);
	if (H5Lget_info(at, path, &info, H5P_DEFAULT) < 0)
		return h5_damaged(h5, "/%s: its name cannot be read", path);
	if (info.type != H5L_TYPE_HARD)
		return h5_damaged(
		        h5, "/%s: points to another place; no file of ours does", path);
	return 1;
}

bool h5_has(struct h5 *h5, const char *group, const char *name)
{
	char path[2 * H5_NAME];
	place(group, name, path);
	return !h5->failed && link_check(h5, h5->file, path) == 1;
}

/* ---- groups ---- */

static int group_name(struct h5 *h5, H5_index_t index, hsize_t i, char out[H5_NAME])
{
	H5O_info_t info;
	ssize_t n = H5Lget_name_by_idx(
	        h5->file, "/", index, H5_ITER_INC, i, out, H5_NAME, H5P_DEFAULT);
	if (n <= 0 || n >= H5_NAME)
		return h5_damaged(h5, "name %llu of the file cannot be read",
		        (unsigned long long)i);
	if (link_check(h5, h5->file, out) != 1)
		return MALFORMED;
	if (H5Oget_info_by_name2(h5->file, out, &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
		return h5_damaged(h5, "/%s: cannot be read", out);
	return info.type == H5O_TYPE_GROUP;
}

int h5_groups(struct h5 *h5, char (**names)[H5_NAME], size_t *n)
{
	H5G_info_t info;
	*names = NULL;
	*n = 0;
	if (h5->failed)
		return MALFORMED;
	if (H5Gget_info(h5->file, &info) < 0 || info.nlinks > h5->file_size)
		return h5_damaged(h5, "/: its list of names cannot be read");
	char first[H5_NAME];
	H5_index_t index = H5_INDEX_CRT_ORDER;
	if (info.nlinks > 0 && H5Lget_name_by_idx(h5->file, "/", index, H5_ITER_INC, 0,
	                               first, sizeof first, H5P_DEFAULT) < 0)
		index = H5_INDEX_NAME; /* rewritten by a tool that does not keep the order */
	*names = calloc(info.nlinks + 1, sizeof **names);
	if (*names == NULL)
		return h5_damaged(h5, "out of memory");
	for (hsize_t i = 0; i < info.nlinks; i++) {
		int is_group = group_name(h5, index, i, (*names)[*n]);
		if (is_group < 0)
			return MALFORMED;
		if (is_group)
			(*n)++;
	}
	return OK;
}

/* ---- columns ---- */

static int storage_check(struct h5 *h5, hid_t set, const char *path)
{
	hid_t plan = H5Dget_create_plist(set);
	if (plan < 0)
		return h5_damaged(h5, "/%s: how it is stored cannot be read", path);
	H5D_layout_t layout = H5Pget_layout(plan);
	int outside = H5Pget_external_count(plan);
	H5Pclose(plan);
	if (outside != 0 || layout < H5D_COMPACT || layout > H5D_CHUNKED)
		return h5_damaged(
		        h5, "/%s: lies outside the file; no file of ours does", path);
	return OK;
}

static int kind_check(struct h5 *h5, hid_t set, const char *path, enum h5_kind kind)
{
	hid_t type = H5Dget_type(set);
	bool same = type >= 0 && H5Tequal(type, h5_type(kind)) > 0;
	if (type >= 0)
		H5Tclose(type);
	return same ? OK
	            : h5_damaged(h5, "/%s: is of another type than it should", path);
}

static int rows_check(struct h5 *h5, hid_t set, const char *path, size_t *n)
{
	hsize_t rows = 0;
	hid_t space = H5Dget_space(set);
	int rank = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
	if (rank == 1)
		rank = H5Sget_simple_extent_dims(space, &rows, NULL);
	if (space >= 0)
		H5Sclose(space);
	if (rank != 1)
		return h5_damaged(h5, "/%s: is not one row after the other", path);
	if (rows > h5->file_size * MOST_PER_BYTE + MOST_EXTRA)
		return h5_damaged(h5,
		        "/%s: claims %llu rows, more than the file can hold", path,
		        (unsigned long long)rows);
	*n = (size_t)rows;
	return OK;
}

/* Open a column and check it; OK with *set open, NOT_FOUND or MALFORMED. */
static int column_open(
        struct h5 *h5, const struct h5_want *want, hid_t *set, size_t *rows)
{
	char path[2 * H5_NAME];
	if (h5->failed)
		return MALFORMED;
	place(want->group, want->name, path);
	int there = link_check(h5, h5->file, path);
	if (there <= 0)
		return there == 0 ? NOT_FOUND : MALFORMED;
	*set = H5Dopen2(h5->file, path, H5P_DEFAULT);
	if (*set < 0)
		return h5_fail(h5, path, "cannot be opened");
	if (storage_check(h5, *set, path) == OK &&
	        kind_check(h5, *set, path, want->kind) == OK &&
	        rows_check(h5, *set, path, rows) == OK)
		return OK;
	H5Dclose(*set);
	return MALFORMED;
}

int h5_rows(struct h5 *h5, const char *group, const char *name, enum h5_kind kind,
        size_t *n)
{
	hid_t set = H5I_INVALID_HID;
	int status = column_open(h5,
	        &(struct h5_want){ .group = group, .name = name, .kind = kind }, &set,
	        n);
	if (status == OK)
		H5Dclose(set);
	return status;
}

/* Rows of a chunk if they are packed as we pack them (shuffle, deflate, fletcher32);
 * else 0. */
static size_t our_chunks(hid_t set, size_t element)
{
	const H5Z_filter_t ours[] = { H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE,
		H5Z_FILTER_FLETCHER32 };
	int skip = element == 1 ? 1 : 0;
	hsize_t rows = 0;
	hid_t plan = H5Dget_create_plist(set);
	if (plan < 0)
		return 0;
	bool same = H5Pget_layout(plan) == H5D_CHUNKED &&
	            H5Pget_chunk(plan, 1, &rows) == 1 &&
	            H5Pget_nfilters(plan) == 3 - skip;
	for (int i = 0; same && i < 3 - skip; i++) {
		size_t none = 0;
		unsigned flags;
		same = H5Pget_filter2(plan, (unsigned)i, &flags, &none, NULL, 0, NULL,
		               NULL) == ours[i + skip];
	}
	H5Pclose(plan);
	return same && rows > 0 && rows <= H5_ROWS * 8 / element ? (size_t)rows : 0;
}

static int column_load(struct h5 *h5, hid_t set, const struct h5_want *want, void *out)
{
	struct h5_place chunks = { .rows = our_chunks(set, h5_size(want->kind)),
		.out = out };
	int status = chunks.rows > 0 ? h5_chunks_load(h5, set, want, &chunks) : 0;
	if (status != 0)
		return status > 0 ? OK : MALFORMED;
	if (H5Dread(set, h5_type(want->kind), H5S_ALL, H5S_ALL, H5P_DEFAULT, out) < 0) {
		char path[2 * H5_NAME];
		place(want->group, want->name, path);
		return h5_fail(h5, path, "cannot be read");
	}
	return OK;
}

int h5_load(struct h5 *h5, const struct h5_want *want, void *out)
{
	hid_t set = H5I_INVALID_HID;
	size_t rows = 0;
	int status = column_open(h5, want, &set, &rows);
	if (status != OK)
		return status;
	if (rows != want->n)
		status = h5_damaged(h5, "/%s/%s: has %zu rows, not %zu", want->group,
		        want->name, rows, want->n);
	else if (rows > 0)
		status = column_load(h5, set, want, out);
	H5Dclose(set);
	return status;
}

/* ---- attributes ---- */

/* Open an attribute of a group; OK, NOT_FOUND, MALFORMED. */
static int attribute_open(
        struct h5 *h5, const char *group, const char *name, hid_t *out)
{
	const char *object = group[0] != '\0' ? group : "/";
	if (h5->failed)
		return MALFORMED;
	htri_t there = H5Aexists_by_name(h5->file, object, name, H5P_DEFAULT);
	if (there == 0)
		return NOT_FOUND;
	if (there > 0)
		*out = H5Aopen_by_name(
		        h5->file, object, name, H5P_DEFAULT, H5P_DEFAULT);
	if (there < 0 || *out < 0)
		return h5_damaged(h5, "/%s: attribute %s cannot be read", group, name);
	return OK;
}

static int text_read(hid_t attribute, char *out, size_t room)
{
	hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
	size_t size = type >= 0 ? H5Tget_size(type) : 0;
	bool sound = type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
	             H5Tis_variable_str(type) == 0 && size > 0 && size <= room &&
	             H5Sget_simple_extent_npoints(space) == 1 &&
	             H5Aread(attribute, type, out) >= 0;
	if (sound) /* the text as stored ends with a NUL of its own */
		out[size < room ? size : room - 1] = '\0';
	if (space >= 0)
		H5Sclose(space);
	if (type >= 0)
		H5Tclose(type);
	return sound ? OK : MALFORMED;
}

int h5_get_text(
        struct h5 *h5, const char *group, const char *name, char *out, size_t room)
{
	hid_t attribute = H5I_INVALID_HID;
	int status = attribute_open(h5, group, name, &attribute);
	if (status != OK)
		return status;
	status = text_read(attribute, out, room);
	H5Aclose(attribute);
	if (status != OK)
		h5_damaged(h5, "/%s: attribute %s is not a text", group, name);
	return status;
}

static int numbers_read(hid_t attribute, const struct h5_want *want, void *out)
{
	hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
	bool sound = type >= 0 && space >= 0 &&
	             H5Tequal(type, h5_type(want->kind)) > 0 &&
	             H5Sget_simple_extent_npoints(space) == (hssize_t)want->n &&
	             H5Aread(attribute, type, out) >= 0;
	if (space >= 0)
		H5Sclose(space);
	if (type >= 0)
		H5Tclose(type);
	return sound ? OK : MALFORMED;
}

int h5_get(struct h5 *h5, const struct h5_want *want, void *out)
{
	hid_t attribute = H5I_INVALID_HID;
	int status = attribute_open(h5, want->group, want->name, &attribute);
	if (status != OK)
		return status;
	status = numbers_read(attribute, want, out);
	H5Aclose(attribute);
	if (status != OK)
		h5_damaged(h5, "/%s: attribute %s is not what it should be",
		        want->group, want->name);
	return status;
}
