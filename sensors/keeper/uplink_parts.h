/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the uplink: uplink.c and uplink_hear.c only. */
#ifndef SENSORS_UPLINK_PARTS_H
#define SENSORS_UPLINK_PARTS_H

#include "sensors/keeper/uplink.h"

#define SECOND_US INT64_C(1000000)

uint64_t uplink_least(uint64_t a, uint64_t b);
uint64_t uplink_most(uint64_t a, uint64_t b);
/* 1, 2, 4 ... 60 s, each shortened by chance to no less than its half (and 1 s). */
int64_t uplink_back_off_us(struct uplink *uplink, unsigned tries);
/* The collector has been shown all there is here and wants one beyond: a new epoch is
 * owed. */
void uplink_look_beyond(struct uplink *uplink, const struct uplink_view *view);

#endif
