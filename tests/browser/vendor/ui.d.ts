export { Component, Fragment, createContext, h, options, render } from 'preact'
export { useContext, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals'
export type { ReadonlySignal, Signal } from '@preact/signals'
export const html: (strings: TemplateStringsArray, ...values: any[]) => any
