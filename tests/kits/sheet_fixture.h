/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Days of the invented zone, put together by hand, for tests of the data sheet. */
#ifndef TESTS_SHEET_FIXTURE_H
#define TESTS_SHEET_FIXTURE_H

#include "reports/sheet.h"

enum scene {
	SCENE_OVER, /* COD 80.0 on 240 values, 02 from 10:00 to 14:00; 66.7 with faults as 0 */
	SCENE_WITHIN,    /* COD 74.2 under 75, within uncertainty */
	SCENE_LOWER,     /* COD 160 on 150 values: over whatever was missing */
	SCENE_UNDECIDED, /* COD 20 on 200 values */
	SCENE_PH,        /* mean pH under its interval */
	SCENE_PH_WITHIN, /* mean pH inside, two excursions */
	SCENE_STOPPED,   /* no discharge all day */
	SCENE_STACK,     /* dust 1.3 times the limit, boiler off at night */
	SCENE_AMBIENT,   /* PM2.5 over at the fence */
	SCENE_UPPER,     /* too little data, within even at range top */
	SCENE_RANGE_TOP, /* two values at range top */
	SCENE_SECOND,    /* version 2: late data */
	SCENE_MANY,      /* six parameters over, names of 60 characters */
	SCENES
};

/* A sheet of static storage: valid until the next call. */
struct sheet *sheet_scene(enum scene scene);

#endif
