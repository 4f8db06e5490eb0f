/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The collector's desk, spoken to by one cabinet and by a copy of it, with no socket. */
#ifndef TESTS_DESK_KIT_H
#define TESTS_DESK_KIT_H

#include "collector/desk.h"
#include "tests/kits/collector_fixture.h"

extern struct desk desk;
extern uint8_t answer[WIRE_MOST];     /* the last one */
extern const struct moment desk_now;  /* it stands still */
extern const struct peer bt, bt_copy; /* two connections of bt-outlet's key */

/* The desk hears `wire`; size of its answer, which is in `out`, 0: none. */
int desk_hears(const struct wire *wire, const struct peer *peer, struct wire *out);
/* HELLO of bt-outlet, epoch EPOCH. */
int desk_hears_hello(
        const struct peer *peer, int64_t time_us, uint64_t oldest, struct wire *out);
/* The ACK that the first station is owed; it must be owed one. */
struct wire desk_acks(void);

#endif
