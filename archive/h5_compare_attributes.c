/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do two objects have the same attributes, of the same types and extents, and the same dimensions? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/h5_compare.h"

struct value {
	hid_t type, space;
	size_t size; /* of all elements */
	char *bytes;
};

static void value_free(struct value *value)
{
	if (value->type >= 0)
		H5Tclose(value->type);
	if (value->space >= 0)
		H5Sclose(value->space);
	free(value->bytes);
}

/* An attribute's type, extent and bytes; FAILED if it cannot be read. */
static int value_read(hid_t object, const char *name, struct value *value)
{
	*value = (struct value){ .type = H5I_INVALID_HID, .space = H5I_INVALID_HID };
	hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
	value->space = attribute >= 0 ? H5Aget_space(attribute) : H5I_INVALID_HID;
	hssize_t n =
	        value->space >= 0 ? H5Sget_simple_extent_npoints(value->space) : -1;
	if (n >= 0)
		value->type = H5Aget_type(attribute);
	bool sound = value->type >= 0 && n <= 1 << 20 &&
	             H5Tdetect_class(value->type, H5T_VLEN) == 0 &&
	             H5Tis_variable_str(value->type) <= 0;
	if (sound) {
		value->size = (size_t)n * H5Tget_size(value->type);
		value->bytes = calloc(1, value->size + 1);
		sound = value->bytes != NULL &&
		        H5Aread(attribute, value->type, value->bytes) >= 0;
	}
	if (attribute >= 0)
		H5Aclose(attribute);
	return sound ? OK : FAILED;
}

/* A text of another length is of another type too: where the words differ they tell more. */
static bool is_of_other_type(const struct value *got, const struct value *want)
{
	if (H5Tget_class(got->type) != H5Tget_class(want->type))
		return true;
	if (H5Tequal(got->type, want->type) > 0)
		return false;
	return H5Tget_class(want->type) != H5T_STRING ||
	       strcmp(got->bytes, want->bytes) == 0;
}

static int values_compare(const struct pair *pair, const char *name)
{
	struct value got, want;
	int status = OK;
	int got_status = value_read(pair->got, name, &got);
	if (value_read(pair->want, name, &want) != OK || got_status != OK)
		status = pair_differ(pair, " attribute %s: cannot be read", name);
	else if (is_of_other_type(&got, &want))
		status = pair_differ(pair, " attribute %s: is of another type", name);
	else if (H5Sextent_equal(got.space, want.space) <= 0)
		status = pair_differ(pair, " attribute %s: has another extent", name);
	else if (got.size == want.size && memcmp(got.bytes, want.bytes, got.size) == 0)
		status = OK;
	else if (H5Tget_class(want.type) == H5T_STRING)
		status = pair_differ(pair,
		        " attribute %s: says '%.80s'; by the records it is '%.80s'",
		        name, got.bytes, want.bytes);
	else
		status = pair_differ(pair,
		        " attribute %s: another number than the records give", name);
	value_free(&got);
	value_free(&want);
	return status;
}

/* ---- attributes that hold addresses, which may change ---- */

/* As H5DS lays out one entry of REFERENCE_LIST. */
struct scale_user {
	hobj_ref_t object;
	int dimension;
};

/* Which objects lie along a scale. */
struct users {
	size_t n;
	char (*name)[H5_NAME];
};

/* OK, or FAILED: they cannot be told.  `name` is owned. */
static int users_read(hid_t scale, struct users *users)
{
	struct value list;
	*users = (struct users){ .n = 0 };
	int status = value_read(scale, "REFERENCE_LIST", &list);
	users->n = list.size / sizeof(struct scale_user);
	if (status != OK || list.size % sizeof(struct scale_user) != 0)
		status = FAILED;
	else
		users->name = calloc(users->n + 1, sizeof *users->name);
	for (size_t i = 0; users->name != NULL && i < users->n; i++) {
		struct scale_user user;
		memcpy(&user, list.bytes + i * sizeof user, sizeof user);
		if (user.dimension != 0 || H5Rget_name(scale, H5R_OBJECT, &user.object,
		                                   users->name[i], H5_NAME) <= 0)
			status = FAILED;
	}
	value_free(&list);
	return users->name != NULL ? status : FAILED;
}

static bool users_have(const struct users *users, const char *name)
{
	for (size_t i = 0; i < users->n; i++)
		if (strcmp(users->name[i], name) == 0)
			return true;
	return false;
}

/* The type is H5DS's own: what is of another one is not asked for addresses. */
static bool same_type(const struct pair *pair, const char *name)
{
	hid_t got = H5Aopen(pair->got, name, H5P_DEFAULT);
	hid_t want = H5Aopen(pair->want, name, H5P_DEFAULT);
	hid_t got_type = got >= 0 ? H5Aget_type(got) : H5I_INVALID_HID;
	hid_t want_type = want >= 0 ? H5Aget_type(want) : H5I_INVALID_HID;
	bool same =
	        got_type >= 0 && want_type >= 0 && H5Tequal(got_type, want_type) > 0;
	if (got_type >= 0)
		H5Tclose(got_type);
	if (want_type >= 0)
		H5Tclose(want_type);
	if (got >= 0)
		H5Aclose(got);
	if (want >= 0)
		H5Aclose(want);
	return same;
}

static int users_compare(const struct pair *pair)
{
	struct users got = { .n = 0 }, want = { .n = 0 };
	bool same = same_type(pair, "REFERENCE_LIST") &&
	            users_read(pair->want, &want) == OK &&
	            users_read(pair->got, &got) == OK && got.n == want.n;
	for (size_t i = 0; same && i < want.n; i++)
		same = users_have(&got, want.name[i]);
	free(got.name);
	free(want.name);
	return same ? OK
	            : pair_differ(pair,
	                      " attribute REFERENCE_LIST: does not name what lies "
	                      "along it");
}

/* What DIMENSION_LIST says is compared with the dataset. */
static int one_compare(const struct pair *pair, const char *name)
{
	if (strcmp(name, "DIMENSION_LIST") == 0)
		return OK;
	return strcmp(name, "REFERENCE_LIST") == 0 ? users_compare(pair)
	                                           : values_compare(pair, name);
}

/* ---- all ---- */

/* Is every attribute of `from` also in `in`?  Its name, or "". */
static int attribute_missing(hid_t from, hid_t in, char name[H5_NAME])
{
	H5O_info_t info;
	if (H5Oget_info2(from, &info, H5O_INFO_NUM_ATTRS) < 0)
		return MALFORMED;
	for (hsize_t i = 0; i < info.num_attrs; i++) {
		ssize_t n = H5Aget_name_by_idx(from, ".", H5_INDEX_NAME, H5_ITER_INC, i,
		        name, H5_NAME, H5P_DEFAULT);
		if (n < 0)
			return MALFORMED;
		if (H5Aexists(in, name) <= 0)
			return OK;
	}
	name[0] = '\0';
	return OK;
}

int attributes_compare(const struct pair *pair)
{
	char name[H5_NAME];
	H5O_info_t info;
	if (H5Oget_comment(pair->got, NULL, 0) != 0)
		return pair_differ(pair, ": has a comment; no object of ours has one");
	if (attribute_missing(pair->want, pair->got, name) != OK)
		return pair_differ(pair, ": attributes cannot be read");
	if (name[0] != '\0')
		return pair_differ(pair, " attribute %s: is not there", name);
	if (attribute_missing(pair->got, pair->want, name) != OK ||
	        H5Oget_info2(pair->want, &info, H5O_INFO_NUM_ATTRS) < 0)
		return pair_differ(pair, ": attributes cannot be read");
	if (name[0] != '\0')
		return pair_differ(
		        pair, " attribute %s: was not written by quantrac", name);
	for (hsize_t i = 0; i < info.num_attrs; i++) {
		if (H5Aget_name_by_idx(pair->want, ".", H5_INDEX_NAME, H5_ITER_INC, i,
		            name, H5_NAME, H5P_DEFAULT) < 0)
			return pair_differ(pair, ": attributes cannot be read");
		if (one_compare(pair, name) != OK)
			return MALFORMED;
	}
	return OK;
}

bool attribute_begins(hid_t object, const char *name, const char *words)
{
	struct value text;
	if (H5Aexists(object, name) <= 0)
		return false;
	bool begins = value_read(object, name, &text) == OK &&
	              strncmp(text.bytes, words, strlen(words)) == 0;
	value_free(&text);
	return begins;
}
