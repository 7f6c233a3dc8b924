@echo off
rem Bare: the window. Any word: the command line, on the app's own Node (stampede worker --redis ...).
setlocal
set "program=%~dp0..\..\Stampede.exe"
if "%~1"=="" (
  start "" "%program%"
  exit /b 0
)
set ELECTRON_RUN_AS_NODE=1
"%program%" "%~dp0..\app.asar\out\main\cli.js" %*
exit /b %ERRORLEVEL%
