/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/modbus_vectors.h"

// clang-format off
const struct vector vectors[] = {
	{ "M01a", "11 03 00 6B 00 03 76 87", "11 03 06 AE 41 56 52 43 40 49 AD",
	  { .slave = 17, .function = 3, .start = 107, .count = 3 }, "the tutorial frame of the Modbus handbook" },
	{ "M02a", "01 03 10 08 00 02 41 09", "01 03 04 EC AA 41 6F 9E FF",
	  { .slave = 1, .function = 3, .start = 0x1008, .count = 2 }, "Daily-Code Pb_SZLangShi_PhotoTek6000" },
	{ "M03a", "01 03 00 00 00 04 44 09", "01 03 08 42 48 00 00 42 48 00 00 4C 54",
	  { .slave = 1, .function = 3, .start = 0, .count = 4 }, "Daily-Code TSP_ZhongXing_DM601_Low" },
	{ "M04a", "01 04 00 7E 00 02 11 D3", "01 04 04 42 48 00 00 6F EA",
	  { .slave = 1, .function = 4, .start = 126, .count = 2 }, "Daily-Code tsp_QDJiaMing_LaserDustMP" },
	{ "M05a", "01 03 26 00 00 04 4F 41", "01 03 08 D6 6E D5 41 00 00 00 00 B8 AD",
	  { .slave = 1, .function = 3, .start = 0x2600, .count = 4 }, "Daily-Code OPR_Yosemitech" },
	{ "M06a", "01 03 00 55 00 02 D4 1B", "01 03 04 00 00 48 42 4C 02",
	  { .slave = 1, .function = 3, .start = 0x55, .count = 2 }, "Daily-Code cems_ZhongKe_TR216I" },
	{ "M07a", "30 03 10 00 00 10 44 E7",
	  "30 03 20 42 B1 00 00 42 B7 00 00 41 48 00 00 42 96 66 66 43 8E 99 9A 41 CC CC CD 3F C0 00 00 43 26 B3 33 57 9E",
	  { .slave = 48, .function = 3, .start = 0x1000, .count = 16 }, "Daily-Code cems_HBKaiErUniMAT120" },
	{ "M08a", "01 03 00 0A 00 03 25 C9", "01 03 06 00 01 47 AE 41 05 99 B3",
	  { .slave = 1, .function = 3, .start = 10, .count = 3 }, "Daily-Code andan_HBKeruida" },
	{ "M09a", "01 03 06 D7 00 0A 75 7D",
	  "01 03 14 47 AE 41 05 06 25 3D 81 00 17 00 06 00 02 00 08 00 00 00 00 87 87",
	  { .slave = 1, .function = 3, .start = 0x6D7, .count = 10 }, "Daily-Code andan_LiDa" },
	{ "M10a", "01 03 05 0F 00 06 F5 07", "01 03 0C 41 43 00 00 00 00 00 02 00 00 19 64 46 B2",
	  { .slave = 1, .function = 3, .start = 0x50F, .count = 6 }, "Daily-Code flux_BuLuKeSi" },
	{ "M11a", "01 03 00 08 00 02 45 C9", "01 03 04 00 00 09 5E 7D 9B",
	  { .slave = 1, .function = 3, .start = 8, .count = 2 }, "Daily-Code others_vocs_pid" },
	{ "M12a", "11 02 00 20 00 04 7A 93", "11 02 01 02 24 89",
	  { .slave = 17, .function = 2, .start = 32, .count = 4 }, "Daily-Code mark_zz_3di" },
	{ "M13a", "0A 01 04 A1 00 01 AC 63", "0A 81 02 B0 53",
	  { .slave = 10, .function = 1, .start = 0x4A1, .count = 1 }, "the tutorial frame of an exception" },
	{ "M14a", "01 03 00 00 00 18 45 C0",
	  "01 03 30 EC F6 3B 5A 59 61 3C A4 35 84 3D 17 36 EA 3C CE C3 6A 3C 5B 73 7B 3C 8E 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 CE 3D",
	  { .slave = 1, .function = 3, .start = 0, .count = 24 }, "Daily-Code gas_thermo450i" },
	{ "P01a", "01 04 00 00 00 08 F1 CC", "01 04 10 D7 0A 40 E3 00 80 00 00 66 66 41 CA 00 80 00 00 45 88",
	  { .slave = 1, .function = 4, .start = 0, .count = 8 }, "map E+H SD01189C p. 40" },
	{ "P02a", "01 03 08 29 00 0A 16 65",
	  "01 03 14 10 00 00 00 CD 0C 40 80 00 00 00 00 00 00 00 00 00 00 41 60 77 0D",
	  { .slave = 1, .function = 3, .start = 2089, .count = 10 }, "map Hamilton pH Arc" },
	{ "P03a", "01 04 00 12 00 02 D1 CE", "01 04 04 42 25 33 33 AA D2",
	  { .slave = 1, .function = 4, .start = 18, .count = 2 }, "map Teledyne T400 A-7" },
};

const char vector_push[] =
	"01 10 00 18 00 10 20 00 00 00 00 00 00 42 F0 2B 3C 40 7A 00 50 3D C3 D8 DD 41 00 67 B4 44 E1 00 00 00 00 00 00 00 00 76 D6";
// clang-format on
const size_t n_vectors = sizeof vectors / sizeof vectors[0];
