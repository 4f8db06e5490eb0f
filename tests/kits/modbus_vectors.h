/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of public drivers, manuals and maps, with their ids and sources; every check
 * sum verified. */
#ifndef TESTS_MODBUS_VECTORS_H
#define TESTS_MODBUS_VECTORS_H

#include "sensors/drivers/modbus.h"

struct vector {
	const char *id, *request, *answer;
	struct modbus_request means;
	const char *source;
};

extern const struct vector vectors[];
extern const size_t n_vectors;

/* M15a: registers that a plant's own master writes unasked (Daily-Code cems_LaJi_pack_HeBeiGRST). */
extern const char vector_push[];

#endif
