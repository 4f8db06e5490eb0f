/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing.  Dimension scales are written as the HDF5 dimension scale specification (and
 * netCDF-4) want them, but each list once and in full: H5DSattach_scale() would rewrite
 * the list of the scale for every column.
 */
#include "archive/h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/h5_inside.h"

/* NAME of a scale that is only a dimension; netCDF-4 looks for exactly this. */
#define ONLY_DIMENSION "This is a netCDF dimension but not a netCDF variable.%10zu"

/* As H5DS lays out REFERENCE_LIST. */
struct scale_user {
	hobj_ref_t object;
	int dimension;
};

static void attribute_write(
        struct h5 *h5, const char *name, hid_t type, size_t n, const void *values)
{
	hsize_t count = n;
	hid_t space =
	        n == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
	hid_t attribute = H5I_INVALID_HID;
	if (space >= 0)
		attribute = H5Acreate2(
		        h5->object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
	if (attribute < 0 || H5Awrite(attribute, type, values) < 0)
		h5_fail(h5, name, "cannot be written");
	if (attribute >= 0 && H5Aclose(attribute) < 0)
		h5_fail(h5, name, "cannot be closed");
	if (space >= 0)
		H5Sclose(space);
}

void h5_put(struct h5 *h5, const char *name, enum h5_kind kind, const void *values,
        size_t n)
{
	if (!h5->failed)
		attribute_write(h5, name, h5_type(kind), n, values);
}

void h5_put_text(struct h5 *h5, const char *name, const char *value)
{
	if (h5->failed)
		return;
	hid_t type = H5Tcopy(H5T_C_S1);
	if (type < 0 || H5Tset_size(type, strlen(value) + 1) < 0 ||
	        H5Tset_cset(type, H5T_CSET_UTF8) < 0)
		h5_fail(h5, name, "cannot be written");
	else
		attribute_write(h5, name, type, 0, value);
	if (type >= 0)
		H5Tclose(type);
}

/* ---- dimension scales ---- */

static struct h5_scale *scale_find(struct h5 *h5, const char *name)
{
	for (size_t i = 0; i < h5->n_scales; i++) {
		if (strcmp(h5->scale[i].name, name) == 0)
			return &h5->scale[i];
	}
	h5_damaged(h5, "%s: no such dimension", name);
	return NULL;
}

static void scale_begin(struct h5 *h5, const char *name, const char *label)
{
	if (h5->failed || h5->n_scales == sizeof h5->scale / sizeof h5->scale[0]) {
		h5_damaged(h5, "%s: too many dimensions", name);
		return;
	}
	struct h5_scale *scale = &h5->scale[h5->n_scales++];
	free(scale->user);
	*scale = (struct h5_scale){ 0 };
	snprintf(scale->name, sizeof scale->name, "%s", name);
	if (H5Rcreate(&scale->reference, h5->group, name, H5R_OBJECT, -1) < 0)
		h5_fail(h5, name, "cannot be referred to");
	h5_put_text(h5, "CLASS", "DIMENSION_SCALE");
	h5_put_text(h5, "NAME", label);
}

static int scale_note(struct h5_scale *scale, hobj_ref_t user)
{
	if (scale->n == scale->room) {
		size_t room = scale->room > 0 ? 2 * scale->room : 64;
		void *more = realloc(scale->user, room * sizeof user);
		if (more == NULL)
			return FAILED;
		scale->user = more;
		scale->room = room;
	}
	scale->user[scale->n++] = user;
	return OK;
}

/* The object made last lies along this dimension. */
static void scale_use(struct h5 *h5, const char *name, const char *dimension)
{
	struct h5_scale *scale = scale_find(h5, dimension);
	if (scale == NULL)
		return;
	hvl_t list = { .len = 1, .p = &scale->reference };
	hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
	if (type < 0) {
		h5_fail(h5, name, "cannot be given a dimension");
		return;
	}
	attribute_write(h5, "DIMENSION_LIST", type, 1, &list);
	H5Tclose(type);
	hobj_ref_t self;
	if (H5Rcreate(&self, h5->group, name, H5R_OBJECT, -1) < 0)
		h5_fail(h5, name, "cannot be referred to");
	else if (scale_note(scale, self) != OK)
		h5_damaged(h5, "%s: out of memory", name);
}

static hid_t user_type(void)
{
	hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(struct scale_user));
	if (type < 0)
		return type;
	if (H5Tinsert(type, "dataset", offsetof(struct scale_user, object),
	            H5T_STD_REF_OBJ) >= 0 &&
	        H5Tinsert(type, "dimension", offsetof(struct scale_user, dimension),
	                H5T_STD_I32LE) >= 0)
		return type;
	H5Tclose(type);
	return H5I_INVALID_HID;
}

static void users_write(struct h5 *h5, const struct h5_scale *scale)
{
	struct scale_user *user = calloc(scale->n, sizeof *user);
	hid_t type = user_type();
	if (user == NULL || type < 0) {
		h5_fail(h5, scale->name, "cannot be given its list");
	} else {
		for (size_t i = 0; i < scale->n; i++)
			user[i].object = scale->user[i];
		attribute_write(h5, "REFERENCE_LIST", type, scale->n, user);
	}
	if (type >= 0)
		H5Tclose(type);
	free(user);
}

static void object_close(struct h5 *h5)
{
	if (h5->object >= 0 && h5->object != h5->group && H5Dclose(h5->object) < 0)
		h5_fail(h5, "", "cannot be closed");
	h5->object = h5->group;
}

void h5_finish_group(struct h5 *h5)
{
	object_close(h5);
	for (size_t i = 0; i < h5->n_scales; i++) {
		struct h5_scale *scale = &h5->scale[i];
		if (h5->failed || scale->n == 0)
			continue;
		h5->object = H5Dopen2(h5->group, scale->name, H5P_DEFAULT);
		if (h5->object < 0)
			h5_fail(h5, scale->name, "cannot be opened");
		else
			users_write(h5, scale);
		object_close(h5);
	}
	for (size_t i = 0; i < h5->n_scales; i++) {
		free(h5->scale[i].user);
		h5->scale[i] = (struct h5_scale){ 0 };
	}
	h5->n_scales = 0;
}

/* ---- objects ---- */

void h5_group(struct h5 *h5, const char *name)
{
	if (h5->failed)
		return;
	h5_finish_group(h5);
	hid_t plan = h5_object_plan(H5P_GROUP_CREATE);
	hid_t group = H5I_INVALID_HID;
	if (plan >= 0) {
		group = H5Gcreate2(h5->file, name, H5P_DEFAULT, plan, H5P_DEFAULT);
		H5Pclose(plan);
	}
	if (group < 0) {
		h5_fail(h5, name, "cannot be made");
		return;
	}
	H5Gclose(h5->group);
	h5->group = h5->object = group;
}

static void object_make(
        struct h5 *h5, const char *name, hid_t type, hid_t space, hid_t plan)
{
	object_close(h5);
	if (space >= 0 && plan >= 0)
		h5->object = H5Dcreate2(
		        h5->group, name, type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
	if (space < 0 || plan < 0 || h5->object < 0) {
		h5_fail(h5, name, "cannot be made");
		h5->object = h5->group;
	}
	if (space >= 0)
		H5Sclose(space);
	if (plan >= 0)
		H5Pclose(plan);
}

static size_t chunk_rows(const struct h5_column *column)
{
	size_t most = column->unlimited ? H5_ROWS : H5_BYTES / h5_size(column->kind);
	if (column->n == 0)
		return 1;
	return column->n < most ? column->n : most;
}

static hid_t column_plan(const struct h5_column *column)
{
	hsize_t chunk = chunk_rows(column);
	hid_t plan = h5_object_plan(H5P_DATASET_CREATE);
	if (plan < 0)
		return plan;
	bool sound = H5Pset_chunk(plan, 1, &chunk) >= 0 &&
	             (h5_size(column->kind) == 1 || H5Pset_shuffle(plan) >= 0) &&
	             H5Pset_deflate(plan, 3) >= 0 && H5Pset_fletcher32(plan) >= 0 &&
	             (column->fill == NULL || H5Pset_fill_value(plan, H5T_NATIVE_DOUBLE,
	                                              column->fill) >= 0);
	if (sound)
		return plan;
	H5Pclose(plan);
	return H5I_INVALID_HID;
}

void h5_column(struct h5 *h5, const struct h5_column *column)
{
	if (h5->failed)
		return;
	hsize_t n = column->n, most = column->unlimited ? H5S_UNLIMITED : n;
	object_make(h5, column->name, h5_type(column->kind),
	        H5Screate_simple(1, &n, &most), column_plan(column));
	if (h5->failed)
		return;
	h5_chunks_write(h5, column, chunk_rows(column));
	if (strcmp(column->name, column->dimension) == 0)
		scale_begin(h5, column->name, column->name);
	else
		scale_use(h5, column->name, column->dimension);
	if (column->fill != NULL)
		h5_put(h5, "_FillValue", H5_F64, column->fill, 1);
}

void h5_dimension(struct h5 *h5, const char *name, size_t n)
{
	if (h5->failed)
		return;
	char label[H5_NAME + 32];
	hsize_t count = n;
	object_make(h5, name, H5T_IEEE_F32BE, H5Screate_simple(1, &count, NULL),
	        h5_object_plan(H5P_DATASET_CREATE));
	snprintf(label, sizeof label, ONLY_DIMENSION, n);
	if (!h5->failed)
		scale_begin(h5, name, label);
}

void h5_scalar(struct h5 *h5, const char *name, double value)
{
	if (h5->failed)
		return;
	object_make(h5, name, H5T_IEEE_F64LE, H5Screate(H5S_SCALAR),
	        h5_object_plan(H5P_DATASET_CREATE));
	if (!h5->failed && H5Dwrite(h5->object, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL,
	                           H5P_DEFAULT, &value) < 0)
		h5_fail(h5, name, "cannot be written");
}
