/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cabinet senses beside its channels, in words: for `status` and `watch`. */
#ifndef CLI_CONTACTS_H
#define CLI_CONTACTS_H

#include <stdbool.h>

#include "cli/watch.h"
#include "sensors/cabinet/live.h"
#include "sensors/station/station.h"

/* The name people gave to an input of the configuration, else its kind; its id where there is no such
 * input. */
const char *contact_name(
        const struct station *station, const char *id, bool vietnamese);

/* Whether this was told of one. */
bool contact_is_input(const struct live_state *told);

/* What was told of an input last; NULL: nothing yet. */
const struct live_state *contact_told(const struct live_view *view, const char *id);

/* The word for what was told of it: "open", "alarm", ... */
const struct word *contact_state(const struct live_state *told);

/* The key-switch's name, where one holds these instruments; else NULL. */
const char *contact_key(const struct live_maintenance *maintenance,
        const struct station *station, bool vietnamese);

/* Whom an order holds in maintenance, or which key-switch does: "cod", "all instruments", "Key K1". */
const char *contact_holder(const struct live_maintenance *maintenance,
        const struct station *station, bool vietnamese);

/* The instruments in maintenance: "cod, tss", "all instruments". */
const char *contact_instruments(
        const struct live_maintenance *maintenance, bool vietnamese);

/* What was told of the sampler last; NULL: nothing. */
const struct live_state *sampler_told(const struct live_view *view);

/* Bottles that the sampler may still take at all, and today. */
int64_t bottles_left(const struct live_sampler *sampler);
int64_t bottles_left_today(const struct live_sampler *sampler);

#endif
