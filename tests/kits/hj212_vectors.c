/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include "tests/kits/hj212_vectors.h"

#include <stdio.h>
#include <string.h>

#include "sensors/drivers/hj212_frame.h"

// clang-format off
const struct hj212_vector hj212_vectors[] = {
	{ "H01a",
	  "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdIn"
	  "terval=30&&1C80\r\n",
	  "HJ 212-2017 Annex A p.20" },
	{ "H02a",
	  "##0457QN=20210320163101890;ST=32;CN=2011;PW=123456;MN=81733553213013;Flag=4;CP=&&DataTime=202103"
	  "20013400;w00000-Rtd=181.682,w00000-Flag=N;w21001-SampleTime=20210320005400,w21001-Rtd=45.160,w21"
	  "001-Flag=N;w21011-SampleTime=20210320013400,w21011-Rtd=1.970,w21011-Flag=N;w21003-SampleTime=202"
	  "10320013400,w21003-Rtd=53.131,w21003-Flag=N;w01018-SampleTime=20210320013400,w01018-Rtd=194.200,"
	  "w01018-Flag=N;w01001-SampleTime=20210320013406,w01001-Rtd=7.496,w01001-Flag=N&&6E80\r\n",
	  "public code (TestTelecomProtocol.java)" },
	{ "H03a",
	  "##0317QN=20191012133710130;ST=22;CN=2011;PW=123456;MN=Y80110010000010;Flag=4;CP=&&DataTime=20191"
	  "012133710;a21005-Rtd=0.00,a21005-Flag=N;a21004-Rtd=0.00,a21004-Flag=N;a21007-Rtd=0.033,a21007-Fl"
	  "ag=N;a21006-Rtd=0.036,a21006-Flag=N;a21001-Rtd=25.40,a21001-Flag=N;a21003-Rtd=101.94,a21003-Flag"
	  "=N;a21002-Rtd=49.20,a21002-Flag=N&&cc01\r\n",
	  "guocay/hj212-protocol" },
	{ "H04a",
	  "##0316ST=31;CN=2011;PW=;MN=;CP=&&DataTime=20200718123600;01-ZsRtd=2.47,01-Rtd=1.48,01-Flag=N;02-"
	  "ZsRtd=5.08,02-Rtd=3.05,02-Flag=N;03-ZsRtd=0.61,03-Rtd=0.37,03-Flag=N;S01-Rtd=20.7,S01-Flag=N;S02"
	  "-Rtd=3.27,S02-Flag=N;S03-Rtd=40.35,S03-Flag=N;S05-Rtd=0,S05-Flag=N;S08-Rtd=0.1,S08-Flag=N;B02-Zs"
	  "Rtd=6.46,B02-Rtd=7.43,B02-Flag=N&&7640\r\n",
	  "Yimning/Daily-Code" },
	{ "H05a",
	  "##0139ST=32;CN=2011;PW=123456;MN=LD130133000015;CP=&&DataTime=20160824003817000;B01-Rtd=36.91;01"
	  "1-Rtd=231.0,011-Flag=N;060-Rtd=1.803,060-Flag=N&&4980\r\n",
	  "xiaoyao9184/hj-t212-parser" },
	{ "H06a",
	  "##0081QN=20181111151745000;ST=21;CN=2011;PW=123456;MN=YSRDWQGQ1000001001;Flag=5;CP=&&&&7580\r\n",
	  "public code" },
	{ "H07a",
	  "##0218QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataT"
	  "ime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-SampleTime=20160801070000,w01018-Rtd=2.2,"
	  "w01018-Flag=N,w01018-EFlag=A01&&6E80\r\n",
	  "HJ 212-2017 table C.14" },
	{ "H07b",
	  "##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&324"
	  "0\r\n",
	  "HJ 212-2017 table C.14" },
	{ "H08a",
	  "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdIn"
	  "terval=30&&0759\r\n",
	  "public code" },
};
// clang-format on
const size_t n_hj212_vectors = sizeof hj212_vectors / sizeof hj212_vectors[0];

const char *hj212_vector(const char *id)
{
	for (size_t i = 0; i < n_hj212_vectors; i++)
		if (strcmp(hj212_vectors[i].id, id) == 0)
			return hj212_vectors[i].frame;
	fail_msg("there is no vector %s", id);
	return "";
}

const char *hj212_framed(const char *data)
{
	static char text[4096];
	size_t n = strlen(data);
	snprintf(text, sizeof text, "##%04zu%s%04X\r\n", n, data,
	        hj212_check_of(HJ212_CHECK_OWN, (const uint8_t *)data, n));
	return text;
}
