/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What bytes on a line are, when nobody has told us: for `serial monitor`, and for
 * `serial probe`, which must know that somebody speaks before it does.
 *
 * A tongue recognises the frames of one protocol at the front of what has come; a new
 * one is one line in overhear.c.  Between two of them whatever is no frame of any is given
 * out as it came.  Pure: bytes and times are handed in.
 */
#ifndef SENSORS_OVERHEAR_H
#define SENSORS_OVERHEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/drivers/modbus.h"

#define OVERHEAR_ROOM 2048
#define OVERHEAR_TEXT 640
#define OVERHEAR_QUIET                                                                 \
	INT64_C(50000)     /* us without a byte: no frame goes on behind it */
#define OVERHEAR_NOISE 256 /* bytes of no frame that are given out together */

/* What somebody says with a frame. */
enum overheard_kind {
	HEARD_NOISE,  /* no frame of any tongue */
	HEARD_SAYS,   /* an instrument that speaks unasked, or nobody can tell */
	HEARD_ASKS,   /* a master: it owns this line */
	HEARD_ANSWERS /* whoever was asked */
};

struct overheard {
	enum overheard_kind kind;
	const char *tongue;   /* "Modbus RTU"; NULL: noise */
	const uint8_t *bytes; /* good until the next call */
	size_t n;
	int64_t mono_us;          /* of the first byte */
	int slave;                /* -1: the tongue has no such number */
	char text[OVERHEAR_TEXT]; /* what it says, for people */
};

struct overhear {
	bool vietnamese;
	uint8_t bytes[OVERHEAR_ROOM];
	int64_t at_us[OVERHEAR_ROOM]; /* when each came */
	size_t n, taken;
	int64_t last_us;
	uint64_t lost; /* no room */
	bool quiet;    /* nothing follows what is here: the tongues may ask */
	struct {       /* the request that an answer belongs to */
		bool open;
		struct modbus_request request;
	} asked;
	const struct overhear_models *models; /* NULL: none are known */
	size_t asked_model; /* 1 + the one that was asked last, 0: none */
};

struct tongue {
	const char *name;
	/* Length of the frame that starts at in[0], FRAME_SHORT or FRAME_NONE
	 * (sensors/tables/driver.h); of a frame, `out` says what it is. */
	int (*hear)(struct overhear *ear, const uint8_t *in, size_t n,
	        struct overheard *out);
};

void overhear_init(struct overhear *ear, bool vietnamese);

/* What has come at a time of the monotonic clock; the oldest go when there is no room. */
void overhear_add(struct overhear *ear, const uint8_t *in, size_t n, int64_t mono_us);

/* The next thing heard: 1, or 0 when more must come first.  `now_us`: after a silence
 * nothing more is waited for. */
int overhear_next(struct overhear *ear, int64_t now_us, struct overheard *out);

/* overhear_modbus.c, overhear_text.c, overhear_models.c */
int overhear_rtu(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out);
int overhear_ascii(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out);
int overhear_hj212(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out);
int overhear_bayern(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out);
int overhear_model(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out);
int overhear_text(
        struct overhear *ear, const uint8_t *in, size_t n, struct overheard *out);

/* ---- the instruments that are known ---- */

/* Models whose frames tell them: all but those of Modbus, whose addresses could be
 * anybody's. */
struct overhear_models {
	size_t n;
	struct overhear_model **model; /* [n] */
};

/* Every profile that is shipped, or lies in `extra` ("": nowhere else).  What cannot be
 * read is left out. */
void overhear_models_load(struct overhear_models *out, const char *extra);
void overhear_models_free(struct overhear_models *models);

#endif
