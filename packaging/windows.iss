; The installer for Windows, by Inno Setup, from what bundle.py built there. Not tried by its makers:
; they have no Windows. For one person, without the rights of an administrator.
;     python packaging\bundle.py && iscc /DVersion=0.1.0 packaging\windows.iss
[Setup]
AppId={{6F0E3B1C-52B2-4B7E-9B1E-3C6B8B6D5A11}
AppName=DFS Desktop
AppVersion={#Version}
DefaultDirName={autopf}\DFS Desktop
DefaultGroupName=DFS Desktop
PrivilegesRequired=lowest
ChangesAssociations=yes
OutputDir=..\build
OutputBaseFilename=dfs-desktop-{#Version}-setup
Compression=lzma2
UninstallDisplayIcon={app}\dfs-desktop.exe

[Files]
Source: "..\build\bundle\dfs-desktop\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\DFS Desktop"; Filename: "{app}\dfs-desktop.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\.luml"; ValueType: string; ValueData: "DFSDesktop.Artifact"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.fnnx"; ValueType: string; ValueData: "DFSDesktop.Artifact"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\DFSDesktop.Artifact"; ValueType: string; ValueData: "Model artifact"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\DFSDesktop.Artifact\shell\open\command"; ValueType: string; ValueData: """{app}\dfs-desktop.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\DFSDesktop.Artifact\shell\upload"; ValueType: string; ValueData: "Upload to the registry"
Root: HKA; Subkey: "Software\Classes\DFSDesktop.Artifact\shell\upload\command"; ValueType: string; ValueData: """{app}\dfs-desktop.exe"" --upload ""%1"""
Root: HKA; Subkey: "Software\Classes\luml"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\luml\shell\open\command"; ValueType: string; ValueData: """{app}\dfs-desktop.exe"" ""%1"""
