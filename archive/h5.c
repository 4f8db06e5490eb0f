/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening, closing and failing. */
#include "archive/h5.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/h5_inside.h"
#include "base/bytes.h"

#define SUPERBLOCK 44 /* bytes of version 2, before its check sum */

size_t h5_size(enum h5_kind kind)
{
	static const uint8_t size[H5_KINDS] = { 1, 2, 4, 8, 4, 8, 8, 1 };
	return size[kind];
}

hid_t h5_type(enum h5_kind kind)
{
	switch (kind) {
	case H5_U8:
		return H5T_STD_U8LE;
	case H5_U16:
		return H5T_STD_U16LE;
	case H5_U32:
		return H5T_STD_U32LE;
	case H5_U64:
		return H5T_STD_U64LE;
	case H5_I32:
		return H5T_STD_I32LE;
	case H5_I64:
		return H5T_STD_I64LE;
	case H5_F64:
		return H5T_IEEE_F64LE;
	case H5_CHAR:
		return H5T_C_S1;
	}
	return H5I_INVALID_HID;
}

/* The innermost message of libhdf5's error stack: the cause, not the consequence.  Of a
 * call that failed what the system said, without the addresses and times around it. */
static herr_t first_word(unsigned n, const H5E_error2_t *error, void *with)
{
	static const char before[] = "error message = '";
	const char *text = error->desc != NULL ? error->desc : "";
	const char *system = strstr(text, before);
	size_t most = 255;
	if (system != NULL) {
		text = system + sizeof before - 1;
		most = strcspn(text, "'");
	}
	snprintf(with, 256, "%.*s", (int)most, text);
	return 1;
}

static void library_word(char word[256])
{
	word[0] = '\0';
	H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first_word, word);
	H5Eclear2(H5E_DEFAULT);
	if (word[0] == '\0')
		snprintf(word, 256, "libhdf5 gives no reason");
}

static void group_name(const struct h5 *h5, char out[H5_NAME])
{
	out[0] = '\0';
	if (h5->group < 0 || H5Iget_name(h5->group, out, H5_NAME) <= 1)
		out[0] = '\0';
}

int h5_fail(struct h5 *h5, const char *name, const char *what)
{
	char word[256], group[H5_NAME];
	if (h5->failed)
		return FAILED;
	library_word(word);
	group_name(h5, group);
	h5->failed = true;
	return problem_set(&h5->problem, h5->writing ? FAILED : MALFORMED, EXIT_DAMAGED,
	        "%s: %s/%s %s: %s", h5->path, group, name, what, word);
}

int h5_damaged(struct h5 *h5, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	H5Eclear2(H5E_DEFAULT);
	if (!h5->failed)
		problem_set(&h5->problem, MALFORMED, EXIT_DAMAGED, "%s: %s", h5->path,
		        text);
	h5->failed = true;
	return MALFORMED;
}

const struct problem *h5_problem(const struct h5 *h5)
{
	return h5->failed ? &h5->problem : NULL;
}

hid_t h5_object_plan(hid_t class)
{
	unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
	hid_t plan = H5Pcreate(class);
	if (plan < 0)
		return plan;
	bool sound = H5Pset_obj_track_times(plan, false) >= 0 &&
	             H5Pset_attr_creation_order(plan, order) >= 0 &&
	             H5Pset_attr_phase_change(plan, 128, 0) >= 0;
	if (class != H5P_DATASET_CREATE)
		sound = sound && H5Pset_link_creation_order(plan, order) >= 0 &&
		        H5Pset_link_phase_change(plan, 1024, 0) >= 0;
	if (sound)
		return plan;
	H5Pclose(plan);
	return H5I_INVALID_HID;
}

static struct h5 *h5_new(const char *path)
{
	struct h5 *h5 = calloc(1, sizeof *h5);
	if (h5 == NULL)
		return NULL;
	snprintf(h5->path, sizeof h5->path, "%s", path != NULL ? path : "(memory)");
	h5->file = h5->group = h5->object = H5I_INVALID_HID;
	if (h5_chunks_open(&h5->chunks) != OK) {
		free(h5);
		return NULL;
	}
	return h5;
}

/* What every file of ours is opened with: locks are of no use on files that never
 * change. */
static hid_t access_plan(bool writing, bool in_memory)
{
	hid_t plan = H5Pcreate(H5P_FILE_ACCESS);
	if (plan < 0)
		return plan;
	bool sound = (!writing || H5Pset_libver_bounds(
	                                  plan, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0) &&
	             H5Pset_fclose_degree(plan, H5F_CLOSE_SEMI) >= 0 &&
	             H5Pset_file_locking(plan, false, true) >= 0 &&
	             (!in_memory || H5Pset_fapl_core(plan, 1 << 20, false) >= 0);
	if (sound)
		return plan;
	H5Pclose(plan);
	return H5I_INVALID_HID;
}

/* Nodes of the chunk index are allocated whole: small ones keep files small. */
static hid_t file_create(const char *path, bool few_chunks)
{
	hid_t access = access_plan(true, path == NULL);
	hid_t plan = h5_object_plan(H5P_FILE_CREATE);
	hid_t file = H5I_INVALID_HID;
	if (access >= 0 && plan >= 0 && H5Pset_istore_k(plan, few_chunks ? 1 : 4) >= 0)
		file = path != NULL ? H5Fcreate(path, H5F_ACC_EXCL, plan, access)
		                    : H5Fcreate("/memory", H5F_ACC_TRUNC, plan, access);
	if (access >= 0)
		H5Pclose(access);
	if (plan >= 0)
		H5Pclose(plan);
	return file;
}

static int begin(struct h5 *h5)
{
	h5->group = H5Gopen2(h5->file, "/", H5P_DEFAULT);
	h5->object = h5->group;
	return h5->group >= 0 ? OK : h5_fail(h5, "", "cannot be opened");
}

static void release(struct h5 *h5)
{
	if (h5->object >= 0 && h5->object != h5->group)
		H5Dclose(h5->object);
	if (h5->group >= 0)
		H5Gclose(h5->group);
	h5->object = h5->group = H5I_INVALID_HID;
	if (h5->file < 0)
		return;
	ssize_t open = H5Fget_obj_count(h5->file, H5F_OBJ_ALL);
	if (open != 1)
		h5_damaged(h5, "%zd objects are still open at the end", open - 1);
	if (H5Fclose(h5->file) < 0)
		h5_fail(h5, "", "cannot be closed");
	else if (h5->writing && !h5->in_memory && !h5->failed &&
	         h5_forget_times(h5->path) != OK)
		h5_damaged(h5, "cannot be finished: %s", strerror(errno));
}

int h5_close(struct h5 *h5, struct problem *why)
{
	if (h5 == NULL)
		return OK;
	if (h5->writing && !h5->failed)
		h5_finish_group(h5);
	release(h5);
	int status = OK;
	if (h5->failed)
		status = h5->writing ? FAILED : MALFORMED;
	if (h5->failed && why != NULL)
		*why = h5->problem;
	for (size_t i = 0; i < h5->n_scales; i++)
		free(h5->scale[i].user);
	h5_chunks_close(&h5->chunks);
	free(h5);
	return status;
}

int h5_create(struct h5 **out, const char *path, bool few_chunks, struct problem *why)
{
	*out = NULL;
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	struct h5 *h5 = h5_new(path);
	if (h5 == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "%s: out of memory", path);
	h5->writing = true;
	h5->in_memory = path == NULL;
	h5->file = file_create(path, few_chunks);
	if (h5->file < 0)
		h5_fail(h5, "", "cannot be made");
	if (h5->failed || begin(h5) != OK)
		return h5_close(h5, why);
	*out = h5;
	return OK;
}

/* What both ways of opening end with. */
static int opened(struct h5 **out, struct h5 *h5, struct problem *why)
{
	if (h5->file < 0)
		h5_fail(h5, "", "is not a sound HDF5 file");
	if (h5->failed || begin(h5) != OK)
		return h5_close(h5, why);
	*out = h5;
	return OK;
}

int h5_open(struct h5 **out, const char *path, struct problem *why)
{
	struct stat st;
	*out = NULL;
	if (stat(path, &st) != 0)
		return problem_set(why, errno == ENOENT ? NOT_FOUND : FAILED,
		        EXIT_NO_FILE, "%s: cannot be read: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return problem_set(why, FAILED, EXIT_DAMAGED,
		        "%s: cannot be read: it is no regular file", path);
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	struct h5 *h5 = h5_new(path);
	if (h5 == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "%s: out of memory", path);
	h5->file_size = (uint64_t)st.st_size;
	hid_t access = access_plan(false, false);
	if (access >= 0) {
		h5->file = H5Fopen(path, H5F_ACC_RDONLY, access);
		H5Pclose(access);
	}
	return opened(out, h5, why);
}

int h5_open_image(struct h5 **out, const struct h5_image *image, struct problem *why)
{
	*out = NULL;
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	struct h5 *h5 = h5_new(image->name);
	if (h5 == NULL)
		return problem_set(
		        why, FAILED, EXIT_INTERNAL, "%s: out of memory", image->name);
	h5->file_size = image->n;
	h5->file = h5_image_open(image);
	return opened(out, h5, why);
}

int h5_image_take(struct h5 *h5, uint8_t **bytes, size_t *n)
{
	*bytes = NULL;
	h5_finish_group(h5);
	if (h5->failed || H5Fflush(h5->file, H5F_SCOPE_LOCAL) < 0)
		return FAILED;
	ssize_t size = H5Fget_file_image(h5->file, NULL, 0);
	*bytes = size > 0 ? malloc((size_t)size) : NULL;
	if (*bytes == NULL || H5Fget_file_image(h5->file, *bytes, (size_t)size) != size)
		return FAILED;
	*n = (size_t)size;
	int status = h5_times_clear(*bytes, *n);
	/* libhdf5 1.10 says in the superblock that nobody has it open, and leaves the
	 * check sum as it was */
	if (status == OK)
		put_le32(*bytes + SUPERBLOCK, h5_checksum(*bytes, SUPERBLOCK));
	return status;
}

int h5_begin(void)
{
	if (H5open() < 0 || H5PLset_loading_state(0) < 0)
		return FAILED;
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	/* the drivers of files are made ready when first used */
	return H5FD_CORE >= 0 && H5FD_SEC2 >= 0 ? OK : FAILED;
}
