/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Do two files say the same?  Compared are objects, attributes, dimensions and values; not how they
 * are stored (chunks, filters, order, versions), which tools like h5repack may change.
 */
#include "archive/h5_compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONLY_DIMENSION "This is a netCDF dimension but not a netCDF variable."

int pair_differ(const struct pair *pair, const char *format, ...)
{
	va_list args;
	bool root = pair->path[0] == '\0' && format[0] != '/';
	int n = snprintf(pair->where, pair->room, "%s", root ? "/" : pair->path);
	if (n < 0 || (size_t)n >= pair->room)
		return MALFORMED;
	va_start(args, format);
	vsnprintf(pair->where + n, pair->room - (size_t)n, format, args);
	va_end(args);
	return MALFORMED;
}

/* ---- datasets ---- */

/* Name of the scale a dataset lies along; "" if none, "?" if it cannot be read. */
static void dimension_name(hid_t set, char out[H5_NAME])
{
	hvl_t list = { 0 };
	snprintf(out, H5_NAME, "?");
	if (H5Aexists(set, "DIMENSION_LIST") <= 0) {
		out[0] = '\0';
		return;
	}
	hid_t attribute = H5Aopen(set, "DIMENSION_LIST", H5P_DEFAULT);
	hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
	hid_t space = attribute >= 0 ? H5Aget_space(attribute) : H5I_INVALID_HID;
	if (space >= 0 && type >= 0 && H5Sget_simple_extent_npoints(space) == 1 &&
	        H5Aread(attribute, type, &list) >= 0) {
		if (list.len == 1 &&
		        H5Rget_name(set, H5R_OBJECT, list.p, out, H5_NAME) <= 0)
			snprintf(out, H5_NAME, "?");
		H5Dvlen_reclaim(type, space, H5P_DEFAULT, &list);
	}
	if (space >= 0)
		H5Sclose(space);
	if (type >= 0)
		H5Tclose(type);
	if (attribute >= 0)
		H5Aclose(attribute);
}

/* Length of a dataset of one dimension, 1 of a scalar (`*rank` 0); -1: neither. */
static hssize_t points(hid_t set, int *rank)
{
	hid_t space = H5Dget_space(set);
	*rank = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
	bool plain = *rank == 0 || *rank == 1;
	hssize_t n = plain ? H5Sget_simple_extent_npoints(space) : -1;
	if (space >= 0)
		H5Sclose(space);
	return n;
}

/* All rows of both, and the first that differs. */
static int rows_compare(const struct pair *pair, hid_t type, size_t n)
{
	size_t size = H5Tget_size(type), row = 0;
	uint8_t *got = malloc(n * size + 1), *want = malloc(n * size + 1);
	int status = OK;
	if (got == NULL || want == NULL)
		status = pair_differ(pair, ": out of memory");
	else if (H5Dread(pair->got, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, got) < 0 ||
	         H5Dread(pair->want, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, want) < 0)
		status = pair_differ(pair, ": cannot be read");
	while (status == OK && row < n && got != NULL && want != NULL &&
	        memcmp(got + row * size, want + row * size, size) == 0)
		row++;
	if (status == OK && row < n)
		status = pair_differ(
		        pair, " row %zu: is not what the records give", row);
	free(got);
	free(want);
	return status;
}

/* Data outside the file, or made of other datasets: never looked at. */
static bool lies_inside(hid_t set)
{
	hid_t plan = H5Dget_create_plist(set);
	if (plan < 0)
		return false;
	H5D_layout_t layout = H5Pget_layout(plan);
	bool inside = H5Pget_external_count(plan) == 0 && layout >= H5D_COMPACT &&
	              layout <= H5D_CHUNKED;
	H5Pclose(plan);
	return inside;
}

static int sets_compare(const struct pair *pair)
{
	char got_name[H5_NAME], want_name[H5_NAME];
	if (!lies_inside(pair->got))
		return pair_differ(
		        pair, ": lies outside the file; no file of ours does");
	int rank, got_rank;
	hssize_t n = points(pair->want, &rank);
	if (n < 0 || points(pair->got, &got_rank) != n || got_rank != rank)
		return pair_differ(pair,
		        ": has another number of rows or dimensions than the records "
		        "give");
	dimension_name(pair->got, got_name);
	dimension_name(pair->want, want_name);
	if (strcmp(got_name, want_name) != 0)
		return pair_differ(
		        pair, ": lies along '%s', not '%s'", got_name, want_name);
	hid_t got_type = H5Dget_type(pair->got), want_type = H5Dget_type(pair->want);
	int status = OK;
	if (got_type < 0 || want_type < 0 || H5Tequal(got_type, want_type) <= 0)
		status = pair_differ(pair, ": is of another type");
	else if (!attribute_begins(pair->want, "NAME", ONLY_DIMENSION) ||
	         H5Dget_storage_size(pair->got) > 0)
		status = rows_compare(pair, want_type, (size_t)n);
	if (got_type >= 0)
		H5Tclose(got_type);
	if (want_type >= 0)
		H5Tclose(want_type);
	return status;
}

/* ---- groups ---- */

static int object_compare(const struct pair *parent, const char *name);

/* Is every object of `from` also in `in`?  Its name, or "". */
static int object_missing(hid_t from, hid_t in, char name[H5_NAME])
{
	H5G_info_t info;
	if (H5Gget_info(from, &info) < 0)
		return MALFORMED;
	for (hsize_t i = 0; i < info.nlinks; i++) {
		if (H5Lget_name_by_idx(from, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
		            H5_NAME, H5P_DEFAULT) < 0)
			return MALFORMED;
		if (H5Lexists(in, name, H5P_DEFAULT) <= 0)
			return OK;
	}
	name[0] = '\0';
	return OK;
}

static int groups_compare(const struct pair *pair)
{
	char name[H5_NAME];
	H5G_info_t info;
	if (object_missing(pair->want, pair->got, name) != OK)
		return pair_differ(pair, ": its names cannot be read");
	if (name[0] != '\0')
		return pair_differ(pair, "/%s: is not there", name);
	if (object_missing(pair->got, pair->want, name) != OK ||
	        H5Gget_info(pair->want, &info) < 0)
		return pair_differ(pair, ": its names cannot be read");
	if (name[0] != '\0')
		return pair_differ(pair, "/%s: was not written by quantrac", name);
	for (hsize_t i = 0; i < info.nlinks; i++) {
		if (H5Lget_name_by_idx(pair->want, ".", H5_INDEX_NAME, H5_ITER_INC, i,
		            name, H5_NAME, H5P_DEFAULT) < 0)
			return pair_differ(pair, ": its names cannot be read");
		int status = object_compare(pair, name);
		if (status != OK)
			return status;
	}
	return OK;
}

static int opened_compare(const struct pair *pair)
{
	H5I_type_t got = H5Iget_type(pair->got), want = H5Iget_type(pair->want);
	if (got != want)
		return pair_differ(pair, ": is another kind of object");
	int status = attributes_compare(pair);
	if (status != OK)
		return status;
	return want == H5I_GROUP ? groups_compare(pair) : sets_compare(pair);
}

static int object_compare(const struct pair *parent, const char *name)
{
	char path[3 * H5_NAME];
	H5L_info_t link;
	snprintf(path, sizeof path, "%s/%s", parent->path, name);
	struct pair pair = {
		.path = path, .where = parent->where, .room = parent->room
	};
	if (H5Lget_info(parent->got, name, &link, H5P_DEFAULT) < 0 ||
	        link.type != H5L_TYPE_HARD)
		return pair_differ(&pair, ": points to another place");
	pair.got = H5Oopen(parent->got, name, H5P_DEFAULT);
	pair.want = H5Oopen(parent->want, name, H5P_DEFAULT);
	int status = pair.got >= 0 && pair.want >= 0
	                     ? opened_compare(&pair)
	                     : pair_differ(&pair, ": cannot be opened");
	if (pair.got >= 0)
		H5Oclose(pair.got);
	if (pair.want >= 0)
		H5Oclose(pair.want);
	return status;
}

int h5_compare(struct h5 *got, struct h5 *want, char *where, size_t room)
{
	where[0] = '\0';
	h5_finish_group(want);
	struct pair pair = { .path = "", .where = where, .room = room };
	pair.got = H5Gopen2(got->file, "/", H5P_DEFAULT);
	pair.want = H5Gopen2(want->file, "/", H5P_DEFAULT);
	int status = pair.got >= 0 && pair.want >= 0
	                     ? opened_compare(&pair)
	                     : pair_differ(&pair, ": cannot be opened");
	if (pair.got >= 0)
		H5Gclose(pair.got);
	if (pair.want >= 0)
		H5Gclose(pair.want);
	return status;
}
