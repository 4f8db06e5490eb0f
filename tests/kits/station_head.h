/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the configuration of a simulated station begins, up to its ports: a literal, so that its lines
 * go on behind it. */
#ifndef TESTS_STATION_HEAD_H
#define TESTS_STATION_HEAD_H

#define STATION_HEAD                                                                   \
	"zone: {id: kcn-mau, name: KCN Mẫu}\n"                                       \
	"station: {id: nt-01, name: Nước thải, simulation: yes}\n"                \
	"facility: {id: co-so-a, name: Cơ sở Mẫu A}\n"                            \
	"outlets: [{id: cua-xa, name: Cửa xả, kind: water}]\n"                     \
	"journal: {folder: journal}\n"

#endif
