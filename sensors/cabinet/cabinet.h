/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cabinet's own senses, beside the poller and in its thread: contacts, maintenance, what happens at the
 * machine, the sampler.  Everything it finds is told as STATE; nothing here waits.
 *
 *     n += cabinet_descriptors(cabinet, fds, n, room);
 *     ... one ppoll() with the poller's ...
 *     cabinet_step(cabinet, fds, &now);
 *     state = cabinet_reading(cabinet, i, &when, parts);    before a reading is recorded
 *
 *   subject                 states
 *   input ID                on off, open closed, ok alarm, ready not ready, unknown
 *   maintenance ID          on, renewed, off, ended        ID an instrument, or "all instruments"
 *   maintenance by ID       on, off, ended                 ID the key-switch
 *   maintenance of ID       long                           ID an instrument
 *   cabinet                 boot, usb in, usb out, tty in, tty out, login, logout, not watched, many
 *   sampler                 armed, not armed, bottle, failed, doubtful, full, enough, too soon,
 *                           not ready, emptied
 *   instrument ID           command ordered, command done, command refused, command unknown, command not sent
 */
#ifndef SENSORS_CABINET_H
#define SENSORS_CABINET_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/reading.h"
#include "base/status.h"
#include "sensors/cabinet/cabinet_note.h"
#include "sensors/cabinet/contact.h"
#include "sensors/drivers/coil.h"
#include "sensors/station/station.h"

struct cabinet;
struct poller_command;
struct poller_written;

struct cabinet_hooks {
	void *context;
	void (*state)(void *context, const struct moment *when,
	        const struct state_event *event);
	void *lines; /* of the three below: the poller */
	/* Descriptor of a serial port the poller has open, -1: it has not. */
	int (*port)(void *lines, size_t port);
	/* Write a coil, or a command, between two polls; cabinet_written tells how that went.
	 * OK, or REFUSED: not now. */
	int (*coil)(void *lines, size_t port, const struct coil *coil,
	        const struct moment *now);
	int (*command)(void *lines, const struct poller_command *command,
	        const struct moment *now);
};

struct cabinet_options {
	const struct station *station;
	const char *folder; /* of the journal */
	struct cabinet_hooks hooks;
	struct cabinet_note *note;
	const struct cabinet_memory
	        *memory; /* of the run before; needed by cabinet_new alone */
	const struct contact_system *system; /* NULL: the real one */
	const char *wtmp;                    /* NULL: WTMP_PLACE */
	const char *watchdog;                /* NULL: that of the kernel */
	bool rehearsed; /* of this machine nothing is opened: contacts of instruments and coils only */
};

/* What cabinet_note_init wants to know. */
size_t cabinet_most(const struct station *station);

/* NULL without memory. */
struct cabinet *cabinet_new(
        const struct cabinet_options *options, const struct moment *now);
void cabinet_free(struct cabinet *cabinet); /* NULL is fine */

/* Entries written to out + at; `room` is that of the whole array. */
size_t cabinet_descriptors_most(const struct station *station);
size_t cabinet_descriptors(
        struct cabinet *cabinet, struct pollfd *out, size_t at, size_t room);
int cabinet_wait_ms(const struct cabinet *cabinet, const struct moment *now);

/* Do all that is due.  `fds` is the whole array, NULL: nothing was looked at. */
void cabinet_step(
        struct cabinet *cabinet, const struct pollfd *fds, const struct moment *now);

/* Look at a reading before it is recorded.  The states to record: its own, or marked as made during
 * maintenance; borrowed until the next call. */
const uint8_t *cabinet_reading(struct cabinet *cabinet, size_t instrument,
        const struct moment *when, const struct reading_parts *parts);

/* How writing a coil or a command went. */
void cabinet_written(struct cabinet *cabinet, const struct poller_written *what,
        const struct moment *now);

/* Whether the command that is under way may go out still: what disturbs the values wants maintenance. */
bool cabinet_command_may(const struct cabinet *cabinet);

/* The end: outputs go inactive, the memory says good-bye.  True while an output needs another moment:
 * then step on, and call it again. */
bool cabinet_end(struct cabinet *cabinet, const struct moment *now);

#endif
