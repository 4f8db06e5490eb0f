/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Modbus RTU bus that is not there: slaves that answer, or behave as slaves do, at a
 * time handed in. */
#ifndef TESTS_FAKE_BUS_H
#define TESTS_FAKE_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/ports/port.h"
#include "sensors/tables/driver.h"

enum manner {
	ANSWERS,
	DEAD,
	LATE,      /* answers `delay_us` after the request, whatever that is */
	ECHOES,    /* gives the request back first */
	NOISY,     /* noise, then the answer */
	HALF,      /* half an answer, then nothing */
	GARBAGE,   /* bytes that are no answer */
	FLIPPED,   /* one bit wrong */
	EXCEPTION, /* refuses */
	ECHO_ONLY, /* gives the request back, and that is all */
	STRAY,     /* `stray` bytes FF and 00, and no answer */
	NEXT_ONE,  /* keeps every answer until the next request comes */
};

struct fake_slave {
	enum manner manner;
	int64_t delay_us;
	uint8_t exception;
	size_t stray;
	uint16_t unknown; /* a block that starts here is refused with 2; 0: none */
	double value;
	size_t asked;
	size_t coils; /* coils it was told to write */
	bool coil;    /* the last one: on or off */
};

struct fake_message {
	int64_t due_us;
	size_t n; /* 0: free */
	uint8_t byte[FRAME_MOST];
};

struct fake_bus {
	struct port port;
	struct fake_slave slave[8];
	int64_t now_us;
	struct fake_message message[16]; /* on their way */
	uint8_t kept[FRAME_MOST];
	size_t n_kept;
	bool refuses, is_open, gone;
	bool missing;  /* refuses because there is no such device */
	size_t looked; /* opened, or tried to */
	bool hangs_up; /* after whatever it has said */
	size_t opened;
};

/* Bytes that come at a time, from nobody in particular. */
void fake_bus_say(struct fake_bus *bus, int64_t due_us, const uint8_t *bytes, size_t n);

/* When the next message arrives; INT64_MAX if none is on its way. */
int64_t fake_bus_next_us(const struct fake_bus *bus);

/* All slaves answer after 40 ms; slave n says 4 n. */
void fake_bus_init(struct fake_bus *bus);

#endif
