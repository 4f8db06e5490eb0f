#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sealed day as the world's tools see it: h5dump, ncdump, netCDF4, xarray by both engines.

    interop.py FILE      the plain day of tests/kits/sample_records.c, a reading every 300 s
"""
import math
import subprocess
import sys
import warnings

import netCDF4
import numpy as np
import xarray as xr

DAY = np.datetime64("2026-11-14T17:00:00")  # 2026-11-15 00:00 +07:00
ROWS = 288
COD = np.array([40 + 10 * math.sin(i * 300e6 / 1e10) for i in range(ROWS)])
SILENT = np.array([(i + 3) % 50 == 0 for i in range(ROWS)])
TIMES = DAY + np.arange(ROWS) * np.timedelta64(300, "s")
checks = 0


def check(condition, what):
    global checks
    checks += 1
    if not condition:
        sys.exit(f"interop: {what}")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    check(done.returncode == 0, f"{command}: exit {done.returncode}: {done.stderr}")
    check(done.stderr == "", f"{command} complains: {done.stderr}")
    return done.stdout


def tools(path):
    head = run("ncdump", "-h", path)
    for line in ('time = UNLIMITED ; // (288 currently)',
                 'double time(time) ;',
                 'time:units = "seconds since 1970-01-01 00:00:00"',
                 'time:standard_name = "time"',
                 'double cod(time) ;',
                 'cod:units = "mg L-1"',
                 'cod:ancillary_variables = "cod_state"',
                 'cod:_FillValue = 9.96920996838687e+36',
                 'cod:long_name_vi = "Nhu cầu ôxy hoá học"',
                 'ubyte cod_state(time) ;',
                 'cod_state:flag_meanings = "ok unchanged silent ',
                 'exchange_bytes = 4320 ;',
                 ':Conventions = "CF-1.10"',
                 ':featureType = "timeSeries"',
                 ':title = "KCN Mẫu – Cửa xả Mẫu – 2026-11-15"',
                 ':maker = "Nhà sản xuất Mẫu"'):
        check(line in head, f"ncdump -h does not show: {line}")
    check("phony" not in head, "a dimension has no name")
    check("2026-11-14 17:05" in run("ncdump", "-t", "-v", "time", path), "ncdump -t: dates")
    run("h5dump", "-H", path)
    values = run("h5dump", "-d", "/cod-1/tss", path)
    check("7.25" in values and "9.96921e+36" in values, "h5dump -d: values and fill")
    kinds = run("h5dump", "-p", "-H", "-d", "/cod-1/cod", path)
    for word in ("SHUFFLE", "DEFLATE", "FLETCHER32", "H5S_UNLIMITED"):
        check(word in kinds, f"h5dump -p does not show {word}")


def netcdf(path):
    with netCDF4.Dataset(path) as file:
        check(file.zone_name == "KCN Mẫu", "netCDF4: zone_name")
        group = file["cod-1"]
        check(group["cod"].dimensions == ("time",), "netCDF4: dimension of cod")
        times = netCDF4.num2date(group["time"][:], group["time"].units)
        check(str(times[1]) == "2026-11-14 17:05:00", "netCDF4: dates")
        check(np.array_equal(group["cod"][:], COD), "netCDF4: cod to the last bit")
        tss = group["tss"][:]
        check(np.array_equal(np.ma.getmaskarray(tss), SILENT), "netCDF4: fill is masked")
        check((tss[~SILENT] == 7.25).all(), "netCDF4: tss")
        check(np.array_equal(group["tss_state"][:] == 2, SILENT), "netCDF4: states")
        meanings = group["tss_state"].flag_meanings.split()
        check(len(meanings) == len(group["tss_state"].flag_values), "netCDF4: flags")
        check(meanings[2] == "silent", "netCDF4: flag 2 is silent")
        check(int(file["latitude"][:] * 10) == 105, "netCDF4: latitude")
        text = netCDF4.chartostring(group["describe"][:], encoding="utf-8")
        check("Nhu cầu ôxy hoá học" in str(text), "netCDF4: text of the DESCRIBE")


def xarray(path, engine):
    with xr.open_dataset(path, group="cod-1", engine=engine) as day:
        check(day["cod"].dims == ("time",), f"{engine}: dimension")
        check(np.array_equal(day["time"].values, TIMES.astype("M8[ns]")), f"{engine}: dates")
        check(np.array_equal(day["cod"].values, COD), f"{engine}: values")
        check(np.array_equal(np.isnan(day["tss"].values), SILENT), f"{engine}: fill is NaN")
        check(day["cod"].attrs["units"] == "mg L-1", f"{engine}: units")
        check(day["cod"].attrs["long_name_vi"] == "Nhu cầu ôxy hoá học", f"{engine}: text")
        hours = day["cod"].resample(time="1h").mean()
        check(abs(float(hours[0]) - COD[:12].mean()) < 1e-12, f"{engine}: hourly mean")
        part = day.sel(time=slice("2026-11-15T00:00", "2026-11-15T00:59"))
        check(part.sizes["time"] == 12, f"{engine}: one hour selected")
    with xr.open_dataset(path, engine=engine) as root:
        check(root.attrs["station"] == "bt-outlet", f"{engine}: root")
    with xr.open_dataset(path, group="events", engine=engine) as events:
        check(events.sizes["time"] == 2, f"{engine}: events")


def main():
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    path = sys.argv[1]
    tools(path)
    netcdf(path)
    for engine in ("netcdf4", "h5netcdf"):
        xarray(path, engine)
    print(f"interop: {checks} checks")


main()
