/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An errand is written between two polls of its line, once: the sampler's coil, or a
 * command that a person ordered.  The request, then its answer or the time for one.
 *
 * Nothing is asked again: where no answer came, nobody knows whether it was done.  The
 * answer of a coil or a register is its request once more, and an adapter that hears
 * itself gives the request back too: on a line that does so two of them are waited for.
 */
#include <string.h>

#include "sensors/drivers/modbus.h"
#include "sensors/poller/poller_parts.h"

#define COIL_ANSWER_US INT64_C(1000000)
#define TAKES_US       INT64_C(1000000) /* for a line that is there to take the bytes */
/* Nobody waits longer for a line, or for an instrument to finish its poll. */
#define COIL_BEGIN_US    INT64_C(10000000)
#define COMMAND_BEGIN_US INT64_C(30000000)

/* ---- what is wanted ---- */

static int want(struct bus *bus, struct errand *errand, const struct moment *now)
{
	errand->wanted = true;
	errand->until_us = now->mono_us +
	                   (errand == &bus->coil ? COIL_BEGIN_US : COMMAND_BEGIN_US);
	/* closed between two polls, as some devices do */
	if (bus->state == CLOSED && bus->told == TOLD_UP)
		bus->next_us = now->mono_us;
	return OK;
}

int poller_coil(struct poller *poller, size_t port, const struct coil *coil,
        const struct moment *now)
{
	struct bus *bus = &poller->bus[port];
	if (bus->heard || bus->coil.wanted || bus->n == 0)
		return REFUSED;
	bus->coil.coil = *coil;
	bus->coil.answer_us = COIL_ANSWER_US;
	return want(bus, &bus->coil, now);
}

int poller_command(struct poller *poller, const struct poller_command *command,
        const struct moment *now)
{
	struct device *device = &poller->device[command->instrument];
	struct bus *bus = &poller->bus[device->setting->port_index];
	struct errand *errand = &bus->command;
	const struct profile *profile = device->setting->instrument.profile;
	if (bus->heard || device->setting->instrument.listen || errand->wanted)
		return REFUSED;
	errand->device = device;
	/* an answer is compared with the request itself */
	errand->order =
	        (struct command_order){ .instrument = &device->setting->instrument,
		        .command = command->command };
	errand->answer_us =
	        (int64_t)(command_timeout_s(&profile->command[command->command],
	                          (double)device->timeout_us / 1e6) *
	                  1e6);
	errand->size = command->n;
	memcpy(errand->request, command->request, command->n);
	return want(bus, errand, now);
}

/* When a command may begin: its instrument has finished its poll, and said what it
 * still owes, where that could pass for the answer to the command (what Modbus answers
 * to a write names its function, but not which write). */
static int64_t command_due_us(const struct errand *errand)
{
	const struct device *device = errand->device;
	if (!errand->wanted || device->polling)
		return INT64_MAX;
	if (is_numbered(device))
		return device->guard_us;
	if (!device->driver->modbus && device->owed.n > 0)
		return INT64_MAX;
	return device->owed.more_until_us > device->guard_us
	               ? device->owed.more_until_us
	               : device->guard_us;
}

int64_t errand_due_us(const struct bus *bus)
{
	return bus->coil.wanted ? 0 : command_due_us(&bus->command);
}

int64_t errand_until_us(const struct bus *bus)
{
	int64_t coil_us = bus->coil.wanted ? bus->coil.until_us : INT64_MAX;
	int64_t command_us = bus->command.wanted ? bus->command.until_us : INT64_MAX;
	if (bus->state == WRITING)
		return INT64_MAX;
	return coil_us < command_us ? coil_us : command_us;
}

bool errand_wanted(const struct bus *bus)
{
	return bus->coil.wanted || bus->command.wanted;
}

/* ---- what became of it ---- */

/* What comes late is no answer to the next poll. */
static void keep_off(struct device *device, const struct moment *now)
{
	if (is_numbered(device))
		return;
	device->guard_us = now->mono_us + timeout_of(device);
	device->owed.more_until_us = now->mono_us + owed_wait_us(device, now);
}

/* Told once for each errand that was taken. */
static void done(struct poller *poller, struct bus *bus, struct errand *errand,
        struct poller_written *what, const struct moment *now)
{
	errand->wanted = false;
	what->command = errand == &bus->command;
	if (bus->errand == errand) {
		what->sent = bus->written > 0;
		bus->errand = NULL;
		bus->quiet_us = now->mono_us + bus_gap_us(bus);
		if (bus->state == WRITING)
			bus_rest(bus);
		if (what->command && what->status == TIMED_OUT)
			keep_off(errand->device, now);
	}
	if (poller->hooks.written != NULL)
		poller->hooks.written(poller->hooks.context, what, now);
}

/* ---- when ---- */

bool errand_begin(struct poller *poller, struct bus *bus, const struct moment *now)
{
	if (errand_due_us(bus) > now->mono_us)
		return false;
	if (!bus->coil.wanted && poller->hooks.may != NULL &&
	        !poller->hooks.may(poller->hooks.context)) {
		struct poller_written what = { .status = REFUSED,
			.why = "maintenance has ended" };
		done(poller, bus, &bus->command, &what, now);
		return false;
	}
	bus->errand = bus->coil.wanted ? &bus->coil : &bus->command;
	struct errand *errand = bus->errand;
	if (errand == &bus->coil) {
		struct modbus_write write = coil_write(&errand->coil);
		write.number = ++bus->coil_number;
		errand->size = (size_t)modbus_write_put(bus->setting->framing, &write,
		        errand->request, sizeof errand->request);
	}
	bus->written = 0;
	bus->n_came = bus->looked = 0;
	bus->echoes_due = bus->hears_itself ? 1 : 0;
	bus->state = WRITING;
	bus->deadline_us = now->mono_us + TAKES_US;
	return true;
}

static void cut(struct poller *poller, struct bus *bus, struct errand *errand,
        const struct moment *now)
{
	bool sent = bus->errand == errand && bus->written > 0;
	struct poller_written what = { .status = sent ? TIMED_OUT : REFUSED,
		.why = sent ? "the line was closed before an answer came"
		            : "the line cannot be used" };
	if (errand->wanted)
		done(poller, bus, errand, &what, now);
}

void errand_cut(struct poller *poller, struct bus *bus, const struct moment *now)
{
	cut(poller, bus, &bus->coil, now);
	cut(poller, bus, &bus->command, now);
}

void errand_late(struct poller *poller, struct bus *bus, const struct moment *now)
{
	struct poller_written what = { .status = REFUSED,
		.why = "the instrument does not answer, or its line is busy" };
	if (bus->state == WRITING)
		return;
	if (bus->coil.wanted && now->mono_us >= bus->coil.until_us)
		cut(poller, bus, &bus->coil, now);
	if (!bus->command.wanted || now->mono_us < bus->command.until_us)
		return;
	if (bus->state == CLOSED)
		cut(poller, bus, &bus->command, now);
	else
		done(poller, bus, &bus->command, &what, now);
}

/* ---- on the line ---- */

static bool send_rest(struct poller *poller, struct bus *bus, const struct moment *now)
{
	const struct errand *errand = bus->errand;
	int n = bus->port->write(
	        bus->port, errand->request + bus->written, errand->size - bus->written);
	if (n < 0) {
		bus_gone(poller, bus, now);
		return false;
	}
	bus->written += (size_t)n;
	if (bus->written == errand->size)
		bus->deadline_us = now->mono_us + errand->answer_us +
		                   bus_us(bus, 2 * errand->size);
	return true;
}

/* Length of what begins at in[0], and what it says. */
static int recognise(
        const struct bus *bus, struct command_bytes in, struct command_outcome *out)
{
	const struct errand *errand = bus->errand;
	uint8_t exception;
	if (errand->device != NULL)
		return errand->device->driver->command->answer(
		        &errand->order, errand->request, &in, out);
	int n = modbus_write_answer(
	        bus->setting->framing, errand->request, in.at, in.n, &exception);
	*out = (struct command_outcome){ .kind = exception == 0 ? COMMAND_DONE
		                                                : COMMAND_REFUSED,
		.why = exception == 0 ? "" : modbus_exception_text(exception) };
	return n;
}

static bool is_echo(const struct bus *bus, const uint8_t *in, size_t n)
{
	return n == bus->errand->size && memcmp(in, bus->errand->request, n) == 0;
}

/* Look through what has come; true when the answer was in it. */
static bool look(struct poller *poller, struct bus *bus, const struct moment *now)
{
	static const int status[] = { [COMMAND_DONE] = OK,
		[COMMAND_REFUSED] = REFUSED,
		[COMMAND_UNKNOWN] = TIMED_OUT };
	struct command_outcome outcome;
	while (bus->looked < bus->n_came) {
		const uint8_t *at = bus->came + bus->looked;
		int n = recognise(bus,
		        (struct command_bytes){ at, bus->n_came - bus->looked },
		        &outcome);
		if (n == FRAME_SHORT)
			break;
		bus->looked += n > 0 ? (size_t)n : 1;
		if (n <= 0 || outcome.kind == COMMAND_PASS ||
		        (is_echo(bus, at, (size_t)n) && bus->echoes_due-- > 0))
			continue;
		struct poller_written what = { .status = status[outcome.kind],
			.why = outcome.why,
			.answer = at,
			.n = (size_t)n };
		done(poller, bus, bus->errand, &what, now);
		return true;
	}
	return false;
}

/* False when the line has gone. */
static bool take(
        struct poller *poller, struct bus *bus, bool readable, const struct moment *now)
{
	while (bus_may_read(bus, now)) {
		if (bus->n_came == sizeof bus->came) /* somebody babbles */
			bus->n_came = bus->looked = 0;
		int n = bus->port->read(bus->port, bus->came + bus->n_came,
		        sizeof bus->came - bus->n_came, readable);
		if (n < 0) {
			bus_gone(poller, bus, now);
			return false;
		}
		if (n == 0)
			break;
		readable = false;
		bus->in_window += (size_t)n;
		/* what came before the whole request was out is no answer of it */
		if (bus->written < bus->errand->size)
			continue;
		bus->n_came += (size_t)n;
		if (look(poller, bus, now))
			break;
	}
	return true;
}

void errand_step(
        struct poller *poller, struct bus *bus, bool readable, const struct moment *now)
{
	if (!take(poller, bus, readable, now) || bus->state != WRITING)
		return;
	if (bus->written < bus->errand->size && now->mono_us >= bus->quiet_us &&
	        !send_rest(poller, bus, now))
		return;
	if (now->mono_us < bus->deadline_us)
		return;
	struct poller_written what = { .status = bus->written > 0 ? TIMED_OUT : REFUSED,
		.why = bus->written > 0 ? "no answer" : "the line takes nothing",
		.answer = bus->came,
		.n = bus->n_came };
	if (bus->written > 0 && bus->n_came > 0)
		what.why = "what came is no answer to it";
	bool half = bus->written > 0 && bus->written < bus->errand->size;
	if (half)
		what.why = "the line took only a part of it";
	done(poller, bus, bus->errand, &what, now);
	if (half) /* the rest must not go ahead of the next request */
		bus_gone(poller, bus, now);
}
