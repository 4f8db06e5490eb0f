/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file that lies in memory, as a driver of libhdf5: it reads from the bytes it was
 * given and asks the system for nothing.  (libhdf5's own core driver first tries to open a
 * file of the image's name, and copies the image.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/h5_inside.h"

/* H5FD_t must stand first. */
struct image_file {
	H5FD_t head;
	struct h5_image image;
	haddr_t eoa; /* what libhdf5 believes is the end */
};

static H5FD_t *image_open(const char *name, unsigned flags, hid_t access, haddr_t most)
{
	const struct h5_image *image = H5Pget_driver_info(access);
	if (image == NULL || (flags & (H5F_ACC_RDWR | H5F_ACC_CREAT)) != 0)
		return NULL;
	struct image_file *file = calloc(1, sizeof *file);
	if (file == NULL)
		return NULL;
	file->image = *image;
	return &file->head;
}

static herr_t image_close(H5FD_t *file)
{
	free(file);
	return 0;
}

static haddr_t image_get_eoa(const H5FD_t *file, H5FD_mem_t type)
{
	return ((const struct image_file *)file)->eoa;
}

static herr_t image_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t at)
{
	((struct image_file *)file)->eoa = at;
	return 0;
}

static haddr_t image_get_eof(const H5FD_t *file, H5FD_mem_t type)
{
	return ((const struct image_file *)file)->image.n;
}

static herr_t image_read(
        H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t n, void *out)
{
	const struct h5_image *image = &((struct image_file *)file)->image;
	if (at > image->n || n > image->n - at)
		return -1;
	memcpy(out, image->bytes + at, n);
	return 0;
}

static herr_t image_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at,
        size_t n, const void *in)
{
	return -1;
}

static herr_t image_query(const H5FD_t *file, unsigned long *flags)
{
	*flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_DATA_SIEVE;
	return 0;
}

static const H5FD_class_t driver = {
	.name = "quantrac image",
	.maxaddr = (haddr_t)INT64_MAX,
	.fc_degree = H5F_CLOSE_SEMI,
	.fapl_size = sizeof(struct h5_image),
	.open = image_open,
	.close = image_close,
	.query = image_query,
	.get_eoa = image_get_eoa,
	.set_eoa = image_set_eoa,
	.get_eof = image_get_eof,
	.read = image_read,
	.write = image_write,
	.fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t h5_image_open(const struct h5_image *image)
{
	hid_t file = H5I_INVALID_HID, id = H5FDregister(&driver);
	hid_t access = H5Pcreate(H5P_FILE_ACCESS);
	if (id >= 0 && access >= 0 && H5Pset_driver(access, id, image) >= 0)
		file = H5Fopen(
		        "/image", H5F_ACC_RDONLY, access) /* absolute: no getcwd */;
	if (access >= 0)
		H5Pclose(access);
	if (id >= 0)
		H5FDunregister(id); /* the open file keeps it */
	return file;
}
