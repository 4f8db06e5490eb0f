/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/tables/driver.h"

#include <string.h>

#include "sensors/drivers/bayern_hessen.h"
#include "sensors/drivers/elan.h"
#include "sensors/drivers/frames.h"
#include "sensors/drivers/hj212.h"
#include "sensors/drivers/modbus.h"
#include "sensors/drivers/polltext.h"
#include "sensors/drivers/sdi12.h"
#include "sensors/tables/profile.h"

const struct driver *const drivers[] = {
	&modbus_driver,
	&polltext_driver,
	&frames_driver,
	&hj212_driver,
	&bayern_driver,
	&sdi12_driver,
	&elan_driver,
	NULL,
};

const struct driver *driver_find(const char *name)
{
	for (size_t i = 0; drivers[i] != NULL; i++)
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
	return NULL;
}

bool driver_asks(const struct instrument *instrument)
{
	const struct driver *driver = instrument->profile->driver;
	if (instrument->listen || driver->ask == NULL)
		return false;
	return driver->asked == NULL || driver->asked(instrument);
}

size_t driver_state_size(const struct instrument *instrument)
{
	const struct driver *driver = instrument->profile->driver;
	if (driver->heard_size > 0 && !driver_asks(instrument))
		return driver->heard_size;
	return driver->state_size;
}

int exchanges_next(const struct exchanges *exchanges, size_t *at, struct exchange *out)
{
	const struct reading reading = {
		.n_exchanges = exchanges->n,
		.exchanges = exchanges->bytes,
		.exchanges_size = exchanges->size,
	};
	return exchange_next(&reading, at, out);
}
