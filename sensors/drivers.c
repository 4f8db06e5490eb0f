/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/driver.h"

#include <string.h>

#include "sensors/modbus.h"

const struct driver *const drivers[] = { &modbus_driver, NULL };

const struct driver *driver_find(const char *name)
{
	for (size_t i = 0; drivers[i] != NULL; i++)
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
	return NULL;
}
