import { useCallback, useState } from 'react';

/** Width of an element in pixels, known before it is first painted; 0 where nothing is laid out. */
export function useWidth<E extends HTMLElement>() {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: E) => {
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
