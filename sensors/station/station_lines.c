/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What instruments on one line must agree about. */
#include <stdio.h>
#include <string.h>

#include "sensors/drivers/modbus.h"
#include "sensors/station/station_parts.h"

/* What an instrument thinks before it answers, for the reckoning of a line's load. */
#define THINKING_S 0.02
#define GAPS_S     0.01

/* A line this busy has no time left for an answer that is lost. */
#define LOAD_FULL 0.7
/* One that does not answer may hold up a neighbour for so many of its periods. */
#define PERIODS_HELD 2

static bool same_slave(struct station_checker *check, size_t i, size_t k)
{
	const struct station_instrument *one = &check->station->instrument[i];
	const struct station_instrument *other = &check->station->instrument[k];
	station_at(check, "instruments[%zu].slave", k);
	bool known = other->slave_set || !station_wrote(check);
	station_at(check, "instruments[%zu].slave", i);
	known = known && (one->slave_set || !station_wrote(check));
	return known && one->slave == other->slave;
}

static bool same_address(struct station_checker *check, size_t i, size_t k)
{
	const struct station_instrument *one = &check->station->instrument[i];
	const struct station_instrument *other = &check->station->instrument[k];
	if (one->profile == NULL || other->profile == NULL ||
	        one->port_index == SIZE_MAX || one->port_index != other->port_index ||
	        one->profile->driver != other->profile->driver)
		return false;
	if (one->profile->driver->modbus)
		return same_slave(check, i, k);
	station_at(check, "instruments[%zu].address", i);
	/* several profiles may look at what one address sends by itself */
	bool same_profile = strcmp(one->profile_name, other->profile_name) == 0;
	return strcmp(one->address, other->address) == 0 &&
	       (same_profile || driver_asks(&one->instrument));
}

/* Address for people: "slave 3", "address 097", "no address". */
static const char *address_text(const struct station_instrument *one, char out[64])
{
	if (one->profile->driver->modbus)
		snprintf(out, 64, "slave %d", (int)one->slave);
	else
		snprintf(out, 64, "%s%s",
		        one->address[0] != '\0' ? "address " : "no address",
		        one->address);
	return out;
}

static void check_twins(struct station_checker *check, size_t i)
{
	const struct station_instrument *one = &check->station->instrument[i];
	char text[64];
	for (size_t k = 0; k < i; k++) {
		const struct station_instrument *other = &check->station->instrument[k];
		station_at(check, "instruments[%zu].id", i);
		if (one->id[0] != '\0' && strcmp(one->id, other->id) == 0)
			WRONG(check, "give each instrument its own id",
			        "a second instrument '%s'", one->id);
		if (same_address(check, i, k))
			WRONG(check, "give each instrument on a line its own address",
			        "'%s' on port '%s' has %s too", other->id,
			        other->port_id, address_text(one, text));
	}
}

/* Seconds of the line that one poll takes. */
static double poll_seconds(
        const struct station_instrument *instrument, const struct line *line)
{
	double total = 0;
	for (size_t b = 0; b < instrument->profile->n_blocks; b++) {
		struct traffic bytes = instrument->profile->driver->traffic(
		        &instrument->instrument, b);
		total += line_seconds(line, bytes.request + bytes.answer) + THINKING_S +
		         GAPS_S;
	}
	return total;
}

static bool is_asked_on(const struct station *station, size_t i, size_t p)
{
	const struct station_instrument *one = &station->instrument[i];
	return one->port_index == p && driver_asks(&one->instrument);
}

static void check_load(struct station_checker *check, size_t p)
{
	static const char hint[] =
	        "poll less often, raise the speed, or use a second line";
	struct station *station = check->station;
	const struct station_port *port = &station->port[p];
	double load = 0;
	for (size_t i = 0; i < station->n_instruments; i++)
		if (is_asked_on(station, i, p))
			load += poll_seconds(
			                &station->instrument[i], &port->setting.line) /
			        station->instrument[i].poll_every_s;
	station_at(check, "ports[%zu].id", p);
	if (port->path[0] != '\0' && load > 1)
		WRONG(check, hint,
		        "port '%s' would be busy %.0f %% of the time: its line cannot "
		        "carry that",
		        port->id, load * 100);
	else if (port->path[0] != '\0' && load >= LOAD_FULL)
		config_warn(station->config, check->path, hint,
		        "port '%s' is busy %.0f %% of the time when all answer: one "
		        "answer that is lost costs the others polls",
		        port->id, load * 100);
}

/* What one poll takes of the line when nothing comes. */
static double silence_seconds(const struct station_instrument *one)
{
	double longest = 0;
	for (size_t b = 0; b < one->profile->n_blocks; b++) {
		double own = one->profile->block[b].timeout_s;
		double timeout_s = own > 0 ? own : one->timeout_s;
		if (timeout_s > longest)
			longest = timeout_s;
	}
	return longest * (1 + (double)one->retries);
}

/* The instrument beside i that is asked most often; NULL: it is alone. */
static const struct station_instrument *busiest_beside(
        const struct station *station, size_t i)
{
	const struct station_instrument *found = NULL;
	for (size_t k = 0; k < station->n_instruments; k++) {
		const struct station_instrument *one = &station->instrument[k];
		if (k != i &&
		        is_asked_on(station, k, station->instrument[i].port_index) &&
		        (found == NULL || one->poll_every_s < found->poll_every_s))
			found = one;
	}
	return found;
}

/* One is asked at a time: who waits long for one that is silent misses polls of the others. */
static void check_patience(struct station_checker *check, size_t i)
{
	const struct station *station = check->station;
	const struct station_instrument *one = &station->instrument[i];
	if (!driver_asks(&one->instrument))
		return;
	const struct station_instrument *other = busiest_beside(station, i);
	double silence_s = silence_seconds(one);
	if (other == NULL || silence_s <= PERIODS_HELD * other->poll_every_s)
		return;
	station_at(check, "instruments[%zu].timeout", i);
	if (!station_wrote(check)) /* it is the profile's */
		station_at(check, "instruments[%zu].id", i);
	config_warn(station->config, check->path,
	        "write a shorter timeout: or fewer retries:, poll the other less "
	        "often, or "
	        "give it a line of its own",
	        "when '%s' does not answer it takes up to %g s of its line (timeout, "
	        "%d "
	        "%s): '%s' is to be polled every %g s there and would miss polls",
	        one->id, silence_s, 1 + (int)one->retries,
	        one->retries > 0 ? "tries" : "try", other->id, other->poll_every_s);
}

const char *station_address_hint(const struct instrument *instrument)
{
	const struct driver *driver = instrument->profile->driver;
	if (driver->reaches != NULL && !driver->reaches(instrument))
		return "write it as the instrument has it; the profile shows the "
		       "factory's";
	return driver->address != NULL ? driver->address(instrument->address) : NULL;
}

/* An address must be one of its line. */
static void check_address(struct station_checker *check, size_t i)
{
	const struct station_instrument *one = &check->station->instrument[i];
	if (one->profile == NULL)
		return;
	const char *hint = station_address_hint(&one->instrument);
	station_at(check, "instruments[%zu].address", i);
	if (hint != NULL && one->address[0] == '\0')
		WRONG(check, hint, "'%s' needs an address", one->id);
	else if (hint != NULL)
		WRONG(check, hint, "'%s' is no address for driver %s", one->address,
		        one->profile->driver->name);
}

/* Modbus over a serial line, section 2.2: 1 to 247 are instruments, 248 to 255 reserved. */
static void check_reserved(struct station_checker *check, size_t i)
{
	const struct station_instrument *one = &check->station->instrument[i];
	if (one->profile == NULL || one->port_index == SIZE_MAX || one->slave <= 247 ||
	        one->instrument.framing == FRAMING_TCP)
		return;
	config_warn(check->station->config,
	        station_at(check, "instruments[%zu].slave", i),
	        "look at the instrument again; 248 to 255 are reserved on a line",
	        "'%s' has the address %d", one->id, (int)one->slave);
}

/* Modbus over a serial line, 2.5.1: a byte of RTU has 8 bits.  Told once a line. */
static void check_bits(struct station_checker *check, size_t i)
{
	const struct station_instrument *one = &check->station->instrument[i];
	if (one->profile == NULL || !one->profile->driver->modbus ||
	        one->port_index == SIZE_MAX)
		return;
	const struct station_port *port = &check->station->port[one->port_index];
	if (port->path[0] == '\0' || port->mode != FRAMING_RTU ||
	        port->setting.line.data_bits != 7)
		return;
	for (size_t k = 0; k < i; k++)
		if (check->station->instrument[k].port_index == one->port_index &&
		        check->station->instrument[k].profile != NULL &&
		        check->station->instrument[k].profile->driver->modbus)
			return;
	station_at(check, "ports[%zu].line", one->port_index);
	WRONG(check,
	        "write 8 data bits, or `mode: ascii` where the instruments have that",
	        "Modbus RTU has 8 data bits, and port '%s' %d", port->id,
	        port->setting.line.data_bits);
}

/* A line is either asked by quantrac or only heard; what a driver cannot do without asking is told. */
static void check_heard(struct station_checker *check, size_t i)
{
	const struct station *station = check->station;
	const struct station_instrument *one = &station->instrument[i];
	if (one->profile == NULL || one->port_index == SIZE_MAX)
		return;
	bool asks = driver_asks(&one->instrument);
	station_at(check, "instruments[%zu].port", i);
	for (size_t k = 0; k < i; k++) {
		const struct station_instrument *other = &station->instrument[k];
		if (other->profile == NULL || other->port_index != one->port_index ||
		        driver_asks(&other->instrument) == asks)
			continue;
		WRONG(check, "give each its own port",
		        "'%s' and '%s' cannot share a line: one speaks by itself, the "
		        "other is asked",
		        other->id, one->id);
		return;
	}
	struct instrument asked = one->instrument;
	asked.listen = false;
	if (one->instrument.listen && one->profile->driver->hear == NULL &&
	        driver_asks(&asked))
		WRONG(check,
		        "Modbus RTU and ASCII can be listened to, and what speaks by "
		        "itself",
		        "driver %s cannot tell another master's answers",
		        one->profile->driver_name);
}

/* A modem line of a port is as the port says, else as the profiles of its instruments do. */
static void set_modem_line(struct station_checker *check, size_t p, bool dtr)
{
	const char *key = dtr ? "dtr" : "rts";
	struct station *station = check->station;
	struct station_port *port = &station->port[p];
	const struct station_instrument *first = NULL;
	bool *line = dtr ? &port->dtr : &port->rts;
	station_at(check, "ports[%zu].%s", p, key);
	if (port->path[0] == '\0' || station_wrote(check))
		return;
	for (size_t i = 0; i < station->n_instruments; i++) {
		const struct station_instrument *one = &station->instrument[i];
		if (one->port_index != p || one->profile == NULL ||
		        config_line(one->profile->config, key) == 0)
			continue;
		bool wants = dtr ? one->profile->dtr : one->profile->rts;
		if (first != NULL && wants != *line) {
			station_at(check, "instruments[%zu].port", i);
			WRONG(check, "write it at the port, or give each its own",
			        "'%s' and '%s' want %s otherwise", first->id, one->id,
			        key);
			return;
		}
		first = one;
		*line = wants;
	}
}

static void check_modem_lines(struct station_checker *check, size_t p)
{
	struct station_port *port = &check->station->port[p];
	set_modem_line(check, p, true);
	set_modem_line(check, p, false);
	port->setting.dtr = port->dtr;
	port->setting.rts = port->rts;
}

void station_check_lines(struct station_checker *check)
{
	const struct station *station = check->station;
	for (size_t i = 0; i < station->n_instruments; i++) {
		check_twins(check, i);
		check_heard(check, i);
		check_address(check, i);
		check_reserved(check, i);
		check_bits(check, i);
	}
	for (size_t p = 0; p < station->n_ports; p++)
		check_modem_lines(check, p);
	if (config_errors(station->config) > 0)
		return;
	for (size_t p = 0; p < station->n_ports; p++)
		check_load(check, p);
	for (size_t i = 0; i < station->n_instruments; i++)
		check_patience(check, i);
}
